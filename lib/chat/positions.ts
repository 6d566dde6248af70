import { assert } from "../base/assert.ts";
import { US_PER_S } from "../base/time.ts";
import { MAX_DEPARTED_AUTHORS, MAX_RECEIPT_MESSAGES } from "./limits.ts";

/** How far somebody is in a room. */
export interface Position {
  /** Everything up to this message has come to one of the person's devices. */
  readonly delivered: number;
  /** Everything up to this one was read on one of them; not above `delivered`. */
  readonly read: number;
}

/** How many of the others have a message. */
export interface Receipt {
  /** The message. */
  readonly sequence: number;
  /** To how many it has come. */
  readonly delivered: number;
  /** How many of those have read it. */
  readonly read: number;
  /** How many others there are. */
  readonly of: number;
}

/** What is new for somebody who wrote. */
export interface AuthorReceipts {
  /** Whom it concerns. */
  readonly person: string;
  /** Of its messages those with new counts, ascending; at least one. */
  readonly receipts: readonly Receipt[];
}

/** A person with its position. */
export interface PersonPosition extends Position {
  /** Who. */
  readonly person: string;
}

/** What a tick of {@linkcode Positions} brings. */
export interface PositionsTick {
  /** What to tell authors that are here. */
  readonly receipts: readonly AuthorReceipts[];
  /** Who is further than at the tick before: what is to be kept. */
  readonly moved: readonly PersonPosition[];
}

/** Who has a message, who has read it, and who does not even have it. */
export interface ReceiptPersons {
  /** Who has read it. */
  readonly read: readonly string[];
  /** Who has it and has not read it. */
  readonly delivered: readonly string[];
  /** Who does not have it. */
  readonly missing: readonly string[];
}

/**
 * How far each person is in a room, and what authors are told of it
 * (docs/PROTOCOL.md section 7.11). A person with several devices is as far as
 * the furthest of them. Positions never go back.
 *
 * Counted is who is in the room now and, if it has members, each of them. A
 * message costs nothing but its place in a short list of its author's: all
 * counting is done in ticks, at most one a second, and only if something changed.
 */
export class Positions {
  /** Who is counted. */
  readonly #counted = new Map<string, Reader>();
  /** Who is not counted any more; the longest gone first. */
  readonly #departed = new Map<string, Reader>();
  /** By who wrote them; who wrote last comes last. */
  readonly #authors = new Map<string, AuthorMessages>();
  /** Who is further than at the last tick. */
  readonly #moved = new Map<string, Reader>();
  /** The newest message that is published. */
  #lastSequence: number;
  #hasChanged = false;
  #nextTickUs = 0;

  /**
   * Creates the positions of a room with nobody in it.
   *
   * @param lastSequence The newest message that is published.
   */
  constructor(lastSequence: number) {
    this.#lastSequence = lastSequence;
  }

  /**
   * Takes note that a person is in the room, on one more device perhaps.
   *
   * @param person Who.
   * @param known How far it was when it was here last, as far as that is kept.
   */
  enter(person: string, known: Position = START): void {
    const reader = this.#count(person, known);
    reader.isPresent = true;
    // A new device of an author knows nothing yet.
    for (const message of this.#authors.get(person)?.messages ?? []) {
      message.told = undefined;
    }
    this.#hasChanged = true;
  }

  /**
   * Takes note that the last device of a person is out of the room.
   *
   * @param person Who.
   */
  leave(person: string): void {
    const reader = this.#counted.get(person);
    if (reader === undefined) return;
    reader.isPresent = false;
    this.#uncount(person, reader);
  }

  /**
   * Takes note that a person belongs to the room, here or not.
   *
   * @param person Who.
   * @param known How far it was when it was here last.
   */
  addMember(person: string, known: Position = START): void {
    this.#count(person, known).isMember = true;
    this.#hasChanged = true;
  }

  /**
   * Takes note that a person does not belong to the room any more.
   *
   * @param person Who.
   */
  removeMember(person: string): void {
    const reader = this.#counted.get(person);
    if (reader === undefined) return;
    reader.isMember = false;
    this.#uncount(person, reader);
  }

  /**
   * Takes note that a message is published.
   *
   * @param sequence Its place.
   * @param author Who wrote it; undefined for what is no message.
   */
  handlePublished(sequence: number, author: string | undefined): void {
    assert(sequence > this.#lastSequence, "published in order");
    this.#lastSequence = sequence;
    if (author !== undefined) this.addMessage(sequence, author);
  }

  /**
   * Remembers a message whose author is told who reads it.
   *
   * @param sequence Its place, after that of the author's message before.
   * @param author Who wrote it.
   */
  addMessage(sequence: number, author: string): void {
    const messages = this.#authors.get(author)?.messages ?? [];
    messages.push({ sequence, told: undefined });
    if (messages.length > MAX_RECEIPT_MESSAGES) messages.shift();
    this.#authors.delete(author);
    this.#authors.set(author, { messages });
    if (this.#authors.size > MAX_AUTHORS) forgetFirst(this.#authors);
  }

  /**
   * Takes note that somebody's key is another one now: it stays where it is, and
   * what it wrote is its own.
   *
   * @param person The new key.
   * @param old The key until now.
   */
  rekey(person: string, old: string): void {
    for (const readers of [this.#counted, this.#departed]) {
      const reader = readers.get(old);
      if (reader === undefined) continue;
      readers.delete(old);
      readers.set(person, reader);
      this.#moved.delete(old);
      if (readers === this.#counted) this.#moved.set(person, reader);
    }
    const author = this.#authors.get(old);
    if (author !== undefined) {
      this.#authors.delete(old);
      const messages = [
        ...author.messages,
        ...this.#authors.get(person)?.messages ?? [],
      ].sort((a, b) => a.sequence - b.sequence).slice(-MAX_RECEIPT_MESSAGES);
      this.#authors.set(person, { messages });
    }
    this.#hasChanged = true;
  }

  /**
   * Takes how far a device is.
   *
   * @param person Whose device.
   * @param position What it says; what is not published yet does not count.
   */
  handlePosition(person: string, position: Position): void {
    const reader = this.#counted.get(person);
    if (reader === undefined) return;
    const delivered = Math.min(position.delivered, this.#lastSequence);
    const read = Math.min(position.read, delivered);
    if (!advance(reader, { delivered, read })) return;
    this.#moved.set(person, reader);
    this.#hasChanged = true;
  }

  /**
   * Tells how far a person is.
   *
   * @param person Who.
   * @returns Its position; undefined if nothing is known of it here.
   */
  of(person: string): Position | undefined {
    const reader = this.#counted.get(person) ?? this.#departed.get(person);
    if (reader === undefined) return undefined;
    return { delivered: reader.delivered, read: reader.read };
  }

  /**
   * Tells who has a message.
   *
   * @param sequence Its place.
   * @param author Who wrote it, and is not among them.
   * @returns All others that are counted.
   */
  personsOf(sequence: number, author: string): ReceiptPersons {
    const read: string[] = [];
    const delivered: string[] = [];
    const missing: string[] = [];
    for (const [person, reader] of this.#counted) {
      if (person === author) continue;
      if (reader.read >= sequence) read.push(person);
      else if (reader.delivered >= sequence) delivered.push(person);
      else missing.push(person);
    }
    return { read, delivered, missing };
  }

  /**
   * Tells when {@linkcode Positions.handleTimeout} has something to do.
   *
   * @returns The monotonic time, perhaps past; undefined if nothing changed.
   */
  nextTimeoutUs(): number | undefined {
    return this.#hasChanged ? this.#nextTickUs : undefined;
  }

  /**
   * Counts, if it is time.
   *
   * @param nowUs The monotonic time.
   * @returns What is new.
   */
  handleTimeout(nowUs: number): PositionsTick {
    if (!this.#hasChanged || nowUs < this.#nextTickUs) return NOTHING;
    this.#hasChanged = false;
    this.#nextTickUs = nowUs + TICK_US;
    const moved = this.takeMoved();
    return { receipts: this.#countReceipts(), moved };
  }

  /**
   * Gives who is further than at the last tick or call: what is to be kept.
   *
   * @returns These persons, with where they are.
   */
  takeMoved(): PersonPosition[] {
    const moved: PersonPosition[] = [];
    for (const [person, { delivered, read }] of this.#moved) {
      moved.push({ person, delivered, read });
    }
    this.#moved.clear();
    return moved;
  }

  #countReceipts(): AuthorReceipts[] {
    const delivered = new Float64Array(this.#counted.size);
    const read = new Float64Array(this.#counted.size);
    let index = 0;
    for (const reader of this.#counted.values()) {
      delivered[index] = reader.delivered;
      read[index++] = reader.read;
    }
    delivered.sort();
    read.sort();
    const all: AuthorReceipts[] = [];
    for (const [person, author] of this.#authors) {
      const reader = this.#counted.get(person);
      if (reader?.isPresent !== true) continue;
      const receipts = receiptsOf(author.messages, {
        delivered,
        read,
        author: reader,
      });
      if (receipts.length > 0) all.push({ person, receipts });
      // Once all have read it nothing more is told.
      if (!author.messages.some(isSettled)) continue;
      author.messages = author.messages.filter((one) => !isSettled(one));
      if (author.messages.length === 0) this.#authors.delete(person);
    }
    return all;
  }

  #count(person: string, known: Position): Reader {
    const reader = this.#counted.get(person) ?? this.#departed.get(person) ??
      { ...START, isPresent: false, isMember: false };
    this.#departed.delete(person);
    this.#counted.set(person, reader);
    const delivered = Math.min(known.delivered, this.#lastSequence);
    advance(reader, { delivered, read: Math.min(known.read, delivered) });
    return reader;
  }

  #uncount(person: string, reader: Reader): void {
    this.#hasChanged = true;
    if (reader.isPresent || reader.isMember) return;
    this.#counted.delete(person);
    this.#departed.set(person, reader);
    if (this.#departed.size > MAX_DEPARTED_AUTHORS) forgetFirst(this.#departed);
  }
}

/** A person that may read. */
interface Reader {
  delivered: number;
  read: number;
  /** Whether one of its devices is in the room. */
  isPresent: boolean;
  /** Whether it belongs to the room also when it is not there. */
  isMember: boolean;
}

interface AuthorMessages {
  /** Ascending; at most {@linkcode MAX_RECEIPT_MESSAGES}. */
  messages: SentMessage[];
}

interface SentMessage {
  readonly sequence: number;
  /** What the author was told of it. */
  told: Receipt | undefined;
}

/** What positions there are, ascending, and the author's own. */
interface Counts {
  readonly delivered: Float64Array;
  readonly read: Float64Array;
  readonly author: Reader;
}

/** The receipts with new counts. */
function receiptsOf(
  messages: readonly SentMessage[],
  { delivered, read, author }: Counts,
): Receipt[] {
  const receipts: Receipt[] = [];
  const of = delivered.length - 1;
  for (const message of messages) {
    const { sequence, told } = message;
    const deliveredTo = countFrom(delivered, sequence) -
      (author.delivered >= sequence ? 1 : 0);
    const readBy = countFrom(read, sequence) -
      (author.read >= sequence ? 1 : 0);
    // Who was told nothing takes it that nobody has the message.
    const isNew = told === undefined
      ? deliveredTo > 0
      : told.delivered !== deliveredTo || told.read !== readBy ||
        told.of !== of;
    if (!isNew) continue;
    const receipt = { sequence, delivered: deliveredTo, read: readBy, of };
    message.told = receipt;
    receipts.push(receipt);
  }
  return receipts;
}

function isSettled({ told }: SentMessage): boolean {
  return told !== undefined && told.of > 0 && told.read === told.of;
}

/** How many of the ascending values are not below a bound. */
function countFrom(values: Float64Array, bound: number): number {
  let start = 0;
  let end = values.length;
  // Nearly always all have it, or nobody has it yet.
  if (end === 0 || values[0]! >= bound) return end;
  if (values[end - 1]! < bound) return 0;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (values[middle]! < bound) start = middle + 1;
    else end = middle;
  }
  return values.length - start;
}

/** Moves a reader on, never back; tells whether that changed anything. */
function advance(reader: Reader, { delivered, read }: Position): boolean {
  if (delivered <= reader.delivered && read <= reader.read) return false;
  reader.delivered = Math.max(reader.delivered, delivered);
  reader.read = Math.max(reader.read, read);
  return true;
}

function forgetFirst(map: Map<string, unknown>): void {
  const [first] = map.keys();
  map.delete(first!);
}

const START: Position = { delivered: 0, read: 0 };

const NOTHING: PositionsTick = { receipts: [], moved: [] };

/** Nobody watches counts change faster; a device reports no faster, either. */
const TICK_US = US_PER_S;

/** Those that may come back, and as many that are here. */
const MAX_AUTHORS = 2 * MAX_DEPARTED_AUTHORS;
