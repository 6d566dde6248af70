/**
 * The talk in a room, as lines of a terminal.
 *
 * @module
 */

import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { ClientEvent, ConnectionState } from "./bridge.ts";
import type { ChangeAct } from "../chat/room_event.ts";
import {
  type ChangedMessage,
  changeText,
  notDoneText,
  quotedStart,
  wantedText,
} from "./change_text.ts";
import {
  isMentioned,
  type MentionNames,
  mentionNames,
} from "../chat/mentions.ts";
import {
  type KnownPeople,
  knownPeople,
  memberNews,
  peopleAfter,
} from "./member_news.ts";
import { NumberedTalk } from "./numbered_talk.ts";
import type { TalkInView } from "./slash_command.ts";
import { type Language, messageRefusalText, noticeText } from "./strings.ts";
import {
  clockText,
  dayText,
  messageLines,
  noticeLines,
} from "./terminal_lines.ts";
import { type TerminalStrings, terminalStrings } from "./terminal_strings.ts";
import type { TerminalStyle } from "./terminal_style.ts";

/** How the talk is shown. */
export interface RoomViewOptions {
  /** The language of everything but the messages. */
  readonly language: Language;
  /** How text is shown. */
  readonly style: TerminalStyle;
  /** The time zone of the times; undefined for the system's. */
  readonly timeZone: string | undefined;
}

/** The events that are about the room, and not about how it is entered. */
export type RoomEvent = Extract<
  ClientEvent,
  {
    readonly type:
      | "welcome"
      | "message"
      | "delivery"
      | "change"
      | "changeRefused"
      | "joined"
      | "left"
      | "memberChanged"
      | "connection"
      | "gap"
      | "unkept";
  }
>;

type Event<Type extends RoomEvent["type"]> = Extract<
  RoomEvent,
  { readonly type: Type }
>;

/** More names than these say nothing more. */
const MAX_LISTED_MEMBERS = 20;

/** Turns the events of one stay in a room into lines. */
export class RoomView {
  readonly #options: RoomViewOptions;
  readonly #strings: TerminalStrings;
  #inside = false;
  #connection: ConnectionState = { state: "online" };
  /** Own messages that the server does not have yet, by ID. */
  readonly #queued = new Map<string, string>();
  /** Those of them that were said to wait. */
  readonly #waiting = new Set<string>();
  /** How many were said to wait since none did. */
  #waitingCount = 0;
  #day = "";
  #inHistory = false;
  /** The own name, to be looked for in what is said. */
  #self: MentionNames = mentionNames([]);
  /** The last message that was read before; undefined once that was said. */
  #readSequence: number | undefined;
  /** The last message that was read on another device since. */
  #readElsewhere = 0;
  /** Whether something of others was shown that was read before. */
  #hasShownRead = false;
  readonly #talk = new NumberedTalk();
  /** Who is here. */
  #people: KnownPeople = new Map();
  #selfName = "";

  /**
   * Starts outside the room.
   *
   * @param options How the talk is shown.
   */
  constructor(options: RoomViewOptions) {
    this.#options = options;
    this.#strings = terminalStrings(options.language);
  }

  /** The messages on the screen. */
  get talk(): TalkInView {
    return this.#talk;
  }

  /** Who is here besides this person, in reading order. */
  get people(): string[] {
    return Array.from(this.#people.keys())
      .filter((name) => name !== this.#selfName)
      .sort((a, b) => a.localeCompare(b));
  }

  /** Whether what is done now waits for the server. */
  get isWaiting(): boolean {
    return this.#connection.state !== "online";
  }

  /** How many own messages the server does not have yet. */
  get unsentCount(): number {
    return this.#queued.size;
  }

  /**
   * Takes an event.
   *
   * @param event What happened.
   * @param columns The terminal's width.
   * @returns The lines to print for it; often none.
   */
  handleEvent(event: RoomEvent, columns: number): string[] {
    switch (event.type) {
      case "welcome":
        return this.#welcome(event, columns);
      case "message":
        return this.#message(event, columns);
      case "delivery":
        return this.#delivery(event, columns);
      case "change":
        return this.#change(event, columns);
      case "changeRefused":
        return this.#changeRefused(event, columns);
      case "joined":
      case "left":
        this.#people = peopleAfter(this.#people, event);
        return [
          ...this.#dayLines(event.timeMs, columns),
          ...this.#notice(
            noticeText(this.#options.language, event),
            columns,
            this.#clock(event.timeMs),
          ),
        ];
      case "memberChanged":
        return this.#memberChanged(event, columns);
      case "connection":
        return this.#connectionChange(event.connection, columns);
      case "gap":
      case "unkept":
        return this.#warning(
          noticeText(this.#options.language, event),
          columns,
        );
    }
  }

  #welcome(event: Event<"welcome">, columns: number): string[] {
    this.#talk.handleWelcome(event);
    const { self, members } = event;
    this.#people = knownPeople(event);
    this.#selfName = self;
    this.#self = mentionNames([self]);
    // After a reconnect it says nothing that is not on the screen already.
    if (this.#inside) {
      return this.#connectionChange({ state: "online" }, columns);
    }
    this.#inside = true;
    this.#readSequence = event.readSequence;
    const strings = this.#strings;
    const { room, host, port, topic } = event;
    const listed = members.slice(0, MAX_LISTED_MEMBERS);
    if (event.roomId !== DEFAULT_ROOM_ID) {
      return [
        ...(topic === "" ? [] : [strings.topic(topic)]),
        strings.members(members.length, listed, members.length - listed.length),
      ].flatMap((notice) => this.#notice(notice, columns));
    }
    const notices = [
      strings.welcome(self, room, host, port),
      ...(topic === "" ? [] : [strings.topic(topic)]),
      strings.serverKey(event.fingerprint),
      strings.members(members.length, listed, members.length - listed.length),
      strings.howTo,
    ];
    return [
      ...notices.flatMap((notice) => this.#notice(notice, columns)),
      ...(event.openRoom ? this.#warning(strings.openRoom, columns) : []),
    ];
  }

  #memberChanged(event: Event<"memberChanged">, columns: number): string[] {
    const before = this.#people.get(event.name);
    this.#people = peopleAfter(this.#people, event);
    if (event.own) {
      this.#selfName = event.newName;
      this.#self = mentionNames([event.newName]);
    }
    return memberNews(this.#options.language, event, before)
      .flatMap((text) => this.#notice(text, columns));
  }

  #message(event: Event<"message">, columns: number): string[] {
    const { author, style, text, timeMs, earlier, delivery, id } = event;
    const waits = delivery.state === "queued" &&
      this.#connection.state !== "online";
    if (event.own && delivery.state === "queued") this.#queued.set(id, text);
    if (waits) this.#markWaiting(id);
    const number = this.#talk.handleMessage(event);
    const lines = messageLines({
      time: this.#clock(timeMs),
      number: String(number),
      author,
      style,
      quote: event.replyTo === 0 ? "" : this.#quote(event.replyTo),
      text: text === "" ? this.#strings.removedText : text,
      earlier,
      isLoud: style === "announcement" || this.isCalling(event),
      mark: waits ? this.#strings.waitingMark : "",
    }, { columns, style: this.#options.style });
    const header = earlier && !this.#inHistory
      ? this.#notice(this.#strings.earlierMessages, columns)
      : [];
    // Today's first line needs no date; yesterday's does.
    if (this.#day === "" && !earlier) this.#day = this.#dayOf(timeMs);
    this.#inHistory = earlier;
    return [
      ...header,
      ...this.#dayLines(timeMs, columns),
      ...this.#unreadLine(event, columns),
      ...lines,
      ...this.#acknowledgeLine(event, number, columns),
    ];
  }

  /**
   * Tells whether a message speaks to this person.
   *
   * @param event The message.
   * @returns Whether somebody else says this person's name in it.
   */
  isCalling(
    { own, text }: { readonly own: boolean; readonly text: string },
  ): boolean {
    return !own && isMentioned(text, this.#self);
  }

  /**
   * Takes note of what was read on another device: it is not new here.
   *
   * @param readSequence The last message.
   */
  noteRead(readSequence: number): void {
    this.#readElsewhere = Math.max(this.#readElsewhere, readSequence);
  }

  /** Says how to acknowledge an announcement of somebody else. */
  #acknowledgeLine(
    { own, earlier, style, text }: Event<"message">,
    number: number,
    columns: number,
  ): string[] {
    if (own || earlier || style !== "announcement" || text === "") return [];
    return this.#notice(this.#strings.acknowledge(number), columns);
  }

  /** Stands once between what was read before and what was not. */
  #unreadLine({ own, delivery }: Event<"message">, columns: number): string[] {
    const read = this.#readSequence;
    if (own || read === undefined || delivery.state !== "stored") return [];
    if (delivery.sequence <= Math.max(read, this.#readElsewhere)) {
      this.#hasShownRead = true;
      return [];
    }
    this.#readSequence = undefined;
    if (!this.#hasShownRead) return [];
    return this.#notice(this.#strings.newMessages, columns);
  }

  #quote(sequence: number): string {
    const message = this.#talk.find(sequence);
    if (message === undefined) return this.#strings.olderMessage;
    const { number, author, text } = message;
    const said = text === "" ? this.#strings.removedText : quotedStart(text);
    return `#${number} ${author}: ${said}`;
  }

  #change(event: Event<"change">, columns: number): string[] {
    const { act, timeMs } = event;
    const message = this.#changed(act);
    this.#talk.handleChange(event);
    // Of what was said before, that it says something else is news. What was
    // removed is shown as such, and the welcome has said the topic.
    const isShown = !event.earlier || act.type === "edit" && act.text !== "";
    if (!isShown || this.#isForOthers(event)) return [];
    const text = changeText(this.#options.language, event, message);
    return [
      ...this.#dayLines(timeMs, columns),
      ...this.#notice(text, columns, this.#clock(timeMs)),
    ];
  }

  /** Who has seen an announcement is news for who made it. */
  #isForOthers({ act, own }: Event<"change">): boolean {
    return act.type === "acknowledge" && !own &&
      this.#talk.find(act.target)?.own !== true;
  }

  #changeRefused(
    { act, reason }: Event<"changeRefused">,
    columns: number,
  ): string[] {
    const { language } = this.#options;
    const wanted = wantedText(language, act, this.#changed(act));
    const why = messageRefusalText(language, reason);
    return noticeLines({
      time: "",
      text: notDoneText(language, { wanted, why }),
      show: this.#options.style.error,
    }, columns);
  }

  #changed(act: ChangeAct): ChangedMessage {
    const message = act.type === "topic"
      ? undefined
      : this.#talk.find(act.target);
    return { number: message?.number, text: message?.text ?? "" };
  }

  #delivery(event: Event<"delivery">, columns: number): string[] {
    this.#talk.handleDelivery(event);
    const { id, delivery } = event;
    const text = this.#queued.get(id);
    if (delivery.state === "queued" || text === undefined) return [];
    this.#queued.delete(id);
    const waited = this.#waiting.delete(id);
    if (delivery.state === "refused") {
      const why = messageRefusalText(this.#options.language, delivery.reason);
      return noticeLines({
        time: "",
        text: this.#strings.notSent(quotedStart(text), why),
        show: this.#options.style.error,
      }, columns);
    }
    if (!waited || this.#waiting.size > 0) return [];
    const count = this.#waitingCount;
    this.#waitingCount = 0;
    return this.#notice(this.#strings.waitedSent(count), columns);
  }

  #connectionChange(connection: ConnectionState, columns: number): string[] {
    const before = this.#connection;
    if (!isNews(connection, before)) return [];
    this.#connection = connection;
    const { language } = this.#options;
    if (connection.state === "online") {
      const { answersAgain, connectedAgain } = this.#strings;
      const again = before.state === "reconnecting"
        ? connectedAgain
        : answersAgain;
      return this.#notice(again, columns);
    }
    for (const id of this.#queued.keys()) this.#markWaiting(id);
    const count = this.#waiting.size;
    return [
      ...this.#warning(
        noticeText(language, { type: "connection", connection }),
        columns,
      ),
      ...(count > 0 ? this.#notice(this.#strings.waiting(count), columns) : []),
    ];
  }

  #markWaiting(id: string): void {
    if (this.#waiting.has(id)) return;
    this.#waiting.add(id);
    this.#waitingCount++;
  }

  #dayLines(timeMs: number, columns: number): string[] {
    const day = this.#dayOf(timeMs);
    if (day === this.#day) return [];
    const isFirst = this.#day === "" && !this.#inHistory;
    this.#day = day;
    return isFirst ? [] : this.#notice(day, columns);
  }

  #dayOf(timeMs: number): string {
    return dayText(this.#options.language, timeMs, this.#options.timeZone);
  }

  #clock(timeMs: number): string {
    return clockText(timeMs, this.#options.timeZone);
  }

  #notice(text: string, columns: number, time = ""): string[] {
    return noticeLines(
      { time, text, show: this.#options.style.quiet },
      columns,
    );
  }

  #warning(text: string, columns: number): string[] {
    return noticeLines(
      { time: "", text, show: this.#options.style.warning },
      columns,
    );
  }
}

/**
 * Tells whether a person wants to read of a change. Of many attempts to
 * reconnect only the first is news, or one that tells why.
 *
 * @param connection How the connection is now.
 * @param before How it was.
 * @returns True if it is something else for a person.
 */
export function isNews(
  connection: ConnectionState,
  before: ConnectionState,
): boolean {
  return connection.state === "reconnecting" && before.state === "reconnecting"
    ? connection.serverStopped && !before.serverStopped
    : connection.state !== before.state;
}
