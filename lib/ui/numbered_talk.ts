/**
 * The messages on a terminal, by the short numbers that stand beside them.
 *
 * @module
 */

import type { ClientEvent } from "./bridge.ts";
import type { ChangedMessage } from "./change_text.ts";
import type { TalkInView } from "./slash_command.ts";

/** After this comes 1 again: a number is quickly typed, and nobody scrolls back further. */
export const MAX_TALK_NUMBER = 999;

/** A message on the screen. */
export interface NumberedMessage extends ChangedMessage {
  /** The number by which people find it. */
  readonly number: number;
  /** Who wrote it. */
  readonly author: string;
  /** Whether this person did. */
  readonly own: boolean;
}

interface Entry extends NumberedMessage {
  text: string;
  /** Its place, once the server has it. */
  sequence: number | undefined;
  /** This person's emoji at it. */
  readonly reactions: Set<string>;
}

/** An event of that type. */
export type TalkEvent<Type extends ClientEvent["type"]> = Extract<
  ClientEvent,
  { readonly type: Type }
>;

/** Numbers messages in the order in which they are shown, and finds them. */
export class NumberedTalk implements TalkInView {
  /** The newest so many messages: a number's place is the number less one. */
  readonly #entries: Entry[] = [];
  readonly #bySequence = new Map<number, Entry>();
  /** Own messages that the server does not have yet, by ID. */
  readonly #queued = new Map<string, Entry>();
  #count = 0;
  #epoch = "";

  /** With another log the same numbers mean other messages. */
  handleWelcome({ epoch }: TalkEvent<"welcome">): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#bySequence.clear();
    for (const entry of this.#entries) entry.sequence = undefined;
  }

  /**
   * Numbers a message.
   *
   * @param event The message.
   * @returns Its number.
   */
  handleMessage(
    { id, author, own, text, delivery }: TalkEvent<"message">,
  ): number {
    const at = this.#count++ % MAX_TALK_NUMBER;
    const number = at + 1;
    const old = this.#entries[at];
    if (old?.sequence !== undefined) this.#bySequence.delete(old.sequence);
    const entry: Entry = {
      number,
      author,
      own,
      text,
      sequence: undefined,
      reactions: new Set(),
    };
    this.#entries[at] = entry;
    if (delivery.state === "stored") this.#place(entry, delivery.sequence);
    if (delivery.state === "queued") this.#queued.set(id, entry);
    return number;
  }

  /** Takes note of where an own message is. */
  handleDelivery({ id, delivery }: TalkEvent<"delivery">): void {
    const entry = this.#queued.get(id);
    if (entry === undefined || delivery.state === "queued") return;
    this.#queued.delete(id);
    // Its number may have gone to another message meanwhile.
    if (delivery.state !== "stored" || !this.#isShown(entry)) return;
    this.#place(entry, delivery.sequence);
  }

  /** Takes note of what a message has become. */
  handleChange({ act, own }: TalkEvent<"change">): void {
    if (act.type === "topic") return;
    const entry = this.#bySequence.get(act.target);
    if (entry === undefined) return;
    switch (act.type) {
      case "edit":
        if (entry.text !== "") entry.text = act.text;
        return;
      case "remove":
        entry.text = "";
        return;
      case "react":
        if (own && act.isOn) entry.reactions.add(act.emoji);
        else if (own) entry.reactions.delete(act.emoji);
        return;
      case "pin":
      case "acknowledge":
        return;
    }
  }

  /**
   * Finds a message by its place.
   *
   * @param sequence Its sequence number.
   * @returns The message; undefined if it is not on the screen.
   */
  find(sequence: number): NumberedMessage | undefined {
    return this.#bySequence.get(sequence);
  }

  /** See {@linkcode TalkInView.sequenceOf}. */
  sequenceOf(number: number): number | undefined {
    return this.#entries[number - 1]?.sequence;
  }

  /** See {@linkcode TalkInView.lastOwn}. */
  get lastOwn(): number | undefined {
    const oldest = Math.max(0, this.#count - MAX_TALK_NUMBER);
    for (let at = this.#count - 1; at >= oldest; at--) {
      const { own, text, sequence } = this.#entries[at % MAX_TALK_NUMBER]!;
      if (own && text !== "" && sequence !== undefined) return sequence;
    }
    return undefined;
  }

  /** See {@linkcode TalkInView.hasReacted}. */
  hasReacted(sequence: number, emoji: string): boolean {
    return this.#bySequence.get(sequence)?.reactions.has(emoji) ?? false;
  }

  #place(entry: Entry, sequence: number): void {
    entry.sequence = sequence;
    this.#bySequence.set(sequence, entry);
  }

  #isShown(entry: Entry): boolean {
    return this.#entries[entry.number - 1] === entry;
  }
}
