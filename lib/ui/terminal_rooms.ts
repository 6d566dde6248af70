/**
 * The rooms of a chat in a terminal: one is shown, what is said in the others
 * is announced.
 *
 * @module
 */

import { DEFAULT_ROOM_ID, type RoomKind } from "../chat/room_kind.ts";
import type { Query } from "../chat/request.ts";
import type { ClientEvent, FaceSession } from "./bridge.ts";
import { quotedStart } from "./change_text.ts";
import type { PeopleCommand } from "./people_command.ts";
import type { RoomCommand } from "./room_command.ts";
import { type LookupEvent, RoomLookups } from "./room_lookups.ts";
import { roomLabel, type RoomStrings, roomStrings } from "./room_strings.ts";
import { type RoomEvent, RoomView, type RoomViewOptions } from "./room_view.ts";
import { markRead } from "./read_mark.ts";
import { messageRefusalText } from "./strings.ts";
import { TerminalCatchUp } from "./terminal_catch_up.ts";
import type { TerminalIo } from "./terminal_console.ts";
import { noticeLines } from "./terminal_lines.ts";

/** What the rooms are shown with. */
export interface TerminalRoomsOptions extends RoomViewOptions {
  /** Takes what is asked and said. */
  readonly session: FaceSession;
  /** Whether something stands in the line that is typed. */
  readonly isWriting: () => boolean;
  /** Writes a new file. */
  readonly saveFile: TerminalIo["saveFile"];
}

/** What a face of rooms is told. */
export type RoomsEvent =
  | RoomEvent
  | LookupEvent
  | Extract<
    ClientEvent,
    { readonly type: "roomOpened" | "roomClosed" | "roomChanged" | "catchUp" }
  >;

/** So many events of a room that is not shown are kept for when it is. */
const MAX_WAITING_EVENTS = 200;

interface Room {
  readonly roomId: number;
  readonly view: RoomView;
  readonly lookups: RoomLookups;
  readonly catchUp: TerminalCatchUp;
  kind: RoomKind;
  name: string;
  /** What happened while another room was shown. */
  waiting: RoomEvent[];
  /** How many are not among these any more. */
  passedOver: number;
  /** The places of the messages of others that were not read. */
  unread: number[];
  /** The last one that was read on any device. */
  readSequence: number;
  isLocked: boolean;
  slowSeconds: number;
}

/** What to do in a room once it is there. */
type Errand =
  | { readonly type: "show" }
  | { readonly type: "say"; readonly text: string };

/** Keeps the rooms apart, and chooses what of them is printed. */
export class TerminalRooms {
  readonly #options: TerminalRoomsOptions;
  readonly #strings: RoomStrings;
  readonly #rooms = new Map<number, Room>();
  #current: Room;
  #nextQuestionId = 1;
  /** What to do with the room of an answer, by question. */
  readonly #errands = new Map<number, Errand>();
  /** The same, by room, until it is there. */
  readonly #awaited = new Map<number, Errand>();

  /**
   * Starts in the default room.
   *
   * @param options What they are shown with.
   */
  constructor(options: TerminalRoomsOptions) {
    this.#options = options;
    this.#strings = roomStrings(options.language);
    this.#current = this.#add(DEFAULT_ROOM_ID);
  }

  /** Which room is shown. */
  get roomId(): number {
    return this.#current.roomId;
  }

  /** The room that is shown. */
  get view(): RoomView {
    return this.#current.view;
  }

  /** The questions about it. */
  get lookups(): RoomLookups {
    return this.#current.lookups;
  }

  /** Stands in front of the line that is typed. */
  get prompt(): string {
    const { roomId } = this.#current;
    return roomId === DEFAULT_ROOM_ID ? "> " : `${roomLabel(this.#current)}> `;
  }

  /** The names of all rooms. */
  get names(): string[] {
    return Array.from(this.#rooms.values(), ({ name }) => name);
  }

  /** How many own messages the server does not have yet. */
  get unsentCount(): number {
    let count = 0;
    for (const { view } of this.#rooms.values()) count += view.unsentCount;
    return count;
  }

  /**
   * Takes an event.
   *
   * @param event What happened.
   * @param columns The terminal's width.
   * @returns The lines to print for it; often none.
   */
  handleEvent(event: RoomsEvent, columns: number): string[] {
    switch (event.type) {
      case "roomOpened":
        return this.#open(event, columns);
      case "roomClosed":
        return this.#close(event, columns);
      case "roomChanged":
        return this.#handleGate(event, columns);
      case "answer":
      case "unanswered":
        return this.#handleAnswer(event, columns);
      case "connection":
      case "unkept":
        return this.#handleEverywhere(event, columns);
      case "catchUp":
        return this.#handleCatchUp(event, columns);
      case "welcome":
      case "message":
      case "delivery":
      case "change":
      case "changeRefused":
      case "joined":
      case "left":
      case "memberChanged":
      case "gap":
        return this.#handleRoomEvent(event, columns);
    }
  }

  /**
   * Takes note of what was read on another device.
   *
   * @param event In which room, and the last message.
   */
  noteRead(
    { roomId, readSequence }: Pick<
      Extract<RoomsEvent, { readonly type: "welcome" }>,
      "roomId" | "readSequence"
    >,
  ): void {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return;
    room.readSequence = Math.max(room.readSequence, readSequence);
    room.unread = room.unread.filter((sequence) => sequence > readSequence);
    room.view.noteRead(readSequence);
  }

  /**
   * Does something about rooms.
   *
   * @param command What.
   * @param columns The terminal's width.
   * @returns The lines to print for it.
   */
  run(command: RoomCommand, columns: number): string[] {
    switch (command.type) {
      case "rooms":
        this.#ask({ type: "rooms" });
        return this.#list(columns);
      case "join": {
        const known = this.#find(command.name);
        if (known !== undefined) return this.#show(known, columns);
        this.#ask({ type: "joinRoom", name: command.name }, { type: "show" });
        return [];
      }
      case "create": {
        const { kind, name } = command;
        this.#ask({ type: "createRoom", kind, name }, { type: "show" });
        return [];
      }
      case "leave": {
        const room = command.name === ""
          ? this.#current
          : this.#find(command.name);
        if (room === undefined) {
          return this.#notice(this.#strings.notIn(command.name), columns);
        }
        if (room.roomId === DEFAULT_ROOM_ID) {
          return this.#notice(this.#strings.stays, columns);
        }
        this.#ask({ type: "leaveRoom", roomId: room.roomId });
        return [];
      }
      case "invite":
        this.#ask({ type: "invite", name: command.name });
        return [];
      case "msg": {
        const { name, text } = command;
        this.#ask(
          { type: "direct", name },
          text === "" ? { type: "show" } : { type: "say", text },
        );
        return [];
      }
      case "archive":
        this.#ask({ type: "archive" });
        return [];
    }
  }

  /**
   * Asks the server to decide something about people, in the present room.
   *
   * @param request What.
   */
  askPeople(request: PeopleCommand): void {
    this.#ask(request);
  }

  /**
   * Gives the own name a password.
   *
   * @param password The password.
   */
  claim(password: string): void {
    const questionId = this.#nextQuestionId++;
    const { session } = this.#options;
    const { roomId } = this.#current;
    session.handleCommand({ type: "claim", roomId, questionId, password });
  }

  #ask(query: Query, errand?: Errand): void {
    const questionId = this.#nextQuestionId++;
    if (errand !== undefined) this.#errands.set(questionId, errand);
    const { session } = this.#options;
    const { roomId } = this.#current;
    session.handleCommand({ type: "ask", roomId, questionId, query });
  }

  #open(
    event: Extract<RoomsEvent, { readonly type: "roomOpened" }>,
    columns: number,
  ): string[] {
    const { roomId, kind, name, by, isNew } = event;
    const room = this.#rooms.get(roomId) ?? this.#add(roomId);
    Object.assign(room, { kind, name });
    this.noteRead(event);
    const errand = this.#awaited.get(roomId);
    this.#awaited.delete(roomId);
    if (errand !== undefined) return this.#do(errand, room, columns);
    // What was asked for here is shown when its answer is there.
    const isAskedFor = by === "" && this.#errands.size > 0;
    if (!isNew || isAskedFor) return [];
    const { opened, goes } = this.#strings;
    const text = `${opened(room, by)} ${goes(roomLabel(room))}`;
    return this.#notice(text, columns);
  }

  #close(
    event: Extract<RoomsEvent, { readonly type: "roomClosed" }>,
    columns: number,
  ): string[] {
    const room = this.#rooms.get(event.roomId);
    if (room === undefined) return [];
    this.#rooms.delete(event.roomId);
    const text = this.#strings.closed(roomLabel(room), event.reason);
    const lines = this.#notice(text, columns);
    if (room !== this.#current) return lines;
    const home = this.#rooms.get(DEFAULT_ROOM_ID)!;
    return [...lines, ...this.#show(home, columns)];
  }

  #handleAnswer(event: LookupEvent, columns: number): string[] {
    const errand = this.#errands.get(event.questionId);
    this.#errands.delete(event.questionId);
    if (event.type === "answer" && errand !== undefined) {
      const { answer } = event;
      if (!("roomId" in answer)) return [];
      const room = this.#rooms.get(answer.roomId);
      if (room !== undefined) return this.#do(errand, room, columns);
      this.#awaited.set(answer.roomId, errand);
      return [];
    }
    const room = this.#rooms.get(event.roomId) ?? this.#current;
    return [
      ...room.lookups.handleEvent(event, columns),
      ...room.lookups.saveRoll(event, this.#options.saveFile, columns),
    ];
  }

  #do(errand: Errand, room: Room, columns: number): string[] {
    if (errand.type === "show") {
      if (!this.#options.isWriting()) return this.#show(room, columns);
      // The end of the text would get into another room.
      const text = this.#strings.waits(roomLabel(room), room.name);
      return this.#notice(text, columns);
    }
    const { session } = this.#options;
    const { roomId } = room;
    session.handleCommand({ type: "send", roomId, text: errand.text });
    return room === this.#current
      ? []
      : this.#notice(`${roomLabel(room)} ← ${errand.text}`, columns);
  }

  #handleEverywhere(
    event: Extract<RoomEvent, { readonly type: "connection" | "unkept" }>,
    columns: number,
  ): string[] {
    for (const room of this.#rooms.values()) {
      if (room !== this.#current && event.type === "connection") {
        room.view.handleEvent(event, columns);
      }
    }
    return this.#current.view.handleEvent(event, columns);
  }

  #handleRoomEvent(
    event: Exclude<RoomEvent, { readonly type: "connection" | "unkept" }>,
    columns: number,
  ): string[] {
    const room = this.#rooms.get(event.roomId);
    if (room === undefined) return [];
    if (event.type === "welcome") {
      room.name = event.room;
      this.noteRead(event);
    }
    const gate = event.type === "welcome"
      ? this.#handleGate(event, columns)
      : [];
    if (room === this.#current) {
      return [...this.#present(room, event, columns), ...gate];
    }
    this.#keep(room, event, columns);
    return [...this.#announce(room, event, columns), ...gate];
  }

  /** Who may write and how often, where that is not as it was. */
  #handleGate(
    { roomId, isLocked, slowSeconds }: Pick<
      Extract<RoomsEvent, { readonly type: "roomChanged" }>,
      "roomId" | "isLocked" | "slowSeconds"
    >,
    columns: number,
  ): string[] {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return [];
    const texts = [
      ...room.isLocked === isLocked ? [] : [this.#strings.locked(isLocked)],
      ...room.slowSeconds === slowSeconds
        ? []
        : [this.#strings.slow(slowSeconds)],
    ];
    room.isLocked = isLocked;
    room.slowSeconds = slowSeconds;
    return this.#noticeOf(roomId, texts, columns);
  }

  /** What is on the screen counts as read. */
  #present(room: Room, event: RoomEvent, columns: number): string[] {
    const lines = room.view.handleEvent(event, columns);
    if (room.catchUp.hold(event, lines)) return [];
    this.#noteShown(room, event);
    return lines;
  }

  #noteShown(room: Room, event: RoomEvent): void {
    if (event.type !== "message" && event.type !== "delivery") return;
    room.lookups.noteShown(event.delivery);
    if (event.type === "message" && !event.own) {
      markRead(this.#options.session, event);
    }
  }

  /** A page of what was missed at once, and its end when all has come. */
  #handleCatchUp(
    event: Extract<RoomsEvent, { readonly type: "catchUp" }>,
    columns: number,
  ): string[] {
    const room = this.#rooms.get(event.roomId);
    if (room === undefined) return [];
    const isShown = room === this.#current;
    switch (event.stage) {
      case "begun":
        room.catchUp.begin();
        if (!isShown) return [];
        return this.#notice(this.#strings.fetching(event.events), columns);
      case "preview":
        return isShown ? room.lookups.preview(event.messages, columns) : [];
      case "done":
        if (isShown) return this.#endCatchUp(room, columns);
        room.catchUp.complete();
        return [];
    }
  }

  #endCatchUp(room: Room, columns: number): string[] {
    const { passedOver, newest } = room.catchUp.end();
    if (newest.length > 0) room.lookups.startOver();
    for (const { event } of newest) this.#noteShown(room, event);
    return [
      ...this.#passOver(passedOver, columns),
      ...newest.flatMap(({ lines }) => lines),
    ];
  }

  #passOver(count: number, columns: number): string[] {
    return count === 0
      ? []
      : this.#notice(this.#strings.passedOver(count), columns);
  }

  /** For when the room is shown; the oldest are not shown any more. */
  #keep(room: Room, event: RoomEvent, columns: number): void {
    room.waiting.push(event);
    if (room.waiting.length <= MAX_WAITING_EVENTS) return;
    const oldest = room.waiting.shift()!;
    room.view.handleEvent(oldest, columns);
    room.passedOver++;
  }

  /** What is said elsewhere, on one line. */
  #announce(room: Room, event: RoomEvent, columns: number): string[] {
    const { language, style } = this.#options;
    if (event.type === "delivery" && event.delivery.state === "refused") {
      const why = messageRefusalText(language, event.delivery.reason);
      return this.#notice(`[${roomLabel(room)}] ${why}`, columns);
    }
    if (event.type === "changeRefused") {
      const why = messageRefusalText(language, event.reason);
      return this.#notice(`[${roomLabel(room)}] ${why}`, columns);
    }
    if (event.type !== "message" || event.own || event.text === "") return [];
    if (event.delivery.state !== "stored") return [];
    if (event.delivery.sequence <= room.readSequence) return [];
    room.unread.push(event.delivery.sequence);
    if (event.earlier) return [];
    const said = quotedStart(event.text);
    const text = `[${roomLabel(room)}] ${event.author}: ${said}`;
    return noticeLines({ time: "", text, show: style.quiet }, columns);
  }

  #show(room: Room, columns: number): string[] {
    if (room === this.#current) {
      return this.#notice(this.#strings.nowIn(roomLabel(room)), columns);
    }
    this.#current = room;
    const { waiting, passedOver } = room;
    room.waiting = [];
    room.passedOver = 0;
    room.unread = [];
    return [
      ...this.#notice(this.#strings.nowIn(roomLabel(room)), columns),
      ...(room.catchUp.isComplete ? this.#endCatchUp(room, columns) : []),
      ...this.#passOver(passedOver, columns),
      ...waiting.flatMap((event) => this.#present(room, event, columns)),
    ];
  }

  #list(columns: number): string[] {
    const { here, unread, yourRooms } = this.#strings;
    const lines = Array.from(this.#rooms.values(), (room) => {
      const marks = [
        ...(room === this.#current ? [here] : []),
        ...(room.unread.length === 0 ? [] : [unread(room.unread.length)]),
      ];
      const mark = marks.length === 0 ? "" : ` (${marks.join(", ")})`;
      return `  ${roomLabel(room)}${mark}`;
    });
    return [yourRooms, ...lines]
      .flatMap((text) => this.#notice(text, columns));
  }

  #noticeOf(
    roomId: number,
    texts: readonly string[],
    columns: number,
  ): string[] {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return [];
    const mark = room === this.#current ? "" : `[${roomLabel(room)}] `;
    return texts.flatMap((text) => this.#notice(mark + text, columns));
  }

  #notice(text: string, columns: number): string[] {
    const show = this.#options.style.quiet;
    return noticeLines({ time: "", text, show }, columns);
  }

  /** By name; a talk with one person only if no room is called that. */
  #find(name: string): Room | undefined {
    const wanted = name.toLowerCase();
    const found = Array.from(this.#rooms.values())
      .filter((room) => room.name.toLowerCase() === wanted);
    return found.find(({ kind }) => kind !== "direct") ?? found[0];
  }

  #add(roomId: number): Room {
    const room: Room = {
      roomId,
      view: new RoomView(this.#options),
      lookups: new RoomLookups({
        ...this.#options,
        roomId,
        nextQuestionId: () => this.#nextQuestionId++,
        roomLabel: (roomId) => {
          const room = this.#rooms.get(roomId);
          return room && roomLabel(room);
        },
      }),
      catchUp: new TerminalCatchUp(),
      kind: "public",
      name: "",
      waiting: [],
      passedOver: 0,
      unread: [],
      readSequence: 0,
      isLocked: false,
      slowSeconds: 0,
    };
    this.#rooms.set(roomId, room);
    return room;
  }
}
