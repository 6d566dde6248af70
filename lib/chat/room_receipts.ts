import type { RoomMember } from "./change.ts";
import { MAX_DEPARTED_AUTHORS, MAX_MEMBERS } from "./limits.ts";
import type { Acknowledgement } from "./message_state.ts";
import type { OutputQueue } from "./output_queue.ts";
import { type Person, type PersonKey, personKeyOf } from "./person.ts";
import {
  type PersonPosition,
  type Position,
  Positions,
  type ReceiptPersons,
} from "./positions.ts";
import type { AnnouncementRoll } from "./request.ts";
import type { LogAcknowledgement } from "./room_find.ts";
import type { RoomOptions } from "./room_input.ts";
import type { LogEvent } from "./room_log.ts";
import type { Member, Roster } from "./roster.ts";

/** What {@linkcode RoomReceipts} needs of a room. */
export type RoomCounted = Pick<
  RoomOptions,
  | "log"
  | "outputs"
  | "readSequence"
  | "memberNames"
  | "onMoved"
  | "onCounting"
>;

/** Who wrote something, and where it is. */
export type WrittenBy = Pick<LogEvent, "sequence" | "authorKey" | "accountId">;

/**
 * How far the people of a room are, and what its authors and their own other
 * devices are told of it (docs/PROTOCOL.md section 7.11): {@linkcode Positions}
 * with names and members.
 */
export class RoomReceipts {
  readonly #roster: Roster;
  readonly #outputs: OutputQueue;
  readonly #positions: Positions;
  readonly #room: RoomCounted;
  /** Those of its members that are counted. */
  readonly #members = new Set<PersonKey>();
  /** Whether it was told that there is something to count. */
  #isCounting = false;
  /** Who is in the room. */
  readonly #persons = new Map<PersonKey, Person>();
  /** Names of who left since the start; the longest gone first. */
  readonly #departed = new Map<PersonKey, string>();

  /**
   * Starts with nobody in the room.
   *
   * @param room The room.
   * @param roster Who is in it.
   */
  constructor(
    room: RoomCounted,
    roster: Roster,
  ) {
    const { log, outputs } = room;
    this.#room = room;
    this.#roster = roster;
    this.#outputs = outputs;
    this.#positions = new Positions(log.lastSequence);
    for (const event of log.recent) {
      if (event.act.type !== "message") continue;
      this.#positions.addMessage(event.sequence, authorOf(event));
    }
  }

  /**
   * Takes note that a member is in the room.
   *
   * @param member Who.
   */
  enter(member: Member): void {
    const { person } = member;
    this.#persons.set(person.key, person);
    this.#departed.delete(person.key);
    const read = this.#room.readSequence(person);
    this.#positions.enter(person.key, { delivered: read, read });
    member.readSequence = this.readSequence(person);
    this.#noteChange();
  }

  /**
   * Takes note that a member is out of the roster.
   *
   * @param member Who.
   */
  leave({ person }: Member): void {
    const isHere = this.#roster.membersOf(person).size > 0;
    if (isHere || !this.#persons.delete(person.key)) return;
    this.#departed.set(person.key, person.name.text);
    if (this.#departed.size > MAX_DEPARTED_AUTHORS) {
      const [longestGone] = this.#departed.keys();
      this.#departed.delete(longestGone!);
    }
    this.#positions.leave(person.key);
    this.#noteChange();
  }

  /**
   * Takes note that an event is published.
   *
   * @param event The event.
   */
  handlePublished(event: LogEvent): void {
    const isMessage = event.act.type === "message";
    const author = isMessage ? authorOf(event) : undefined;
    this.#positions.handlePublished(event.sequence, author);
  }

  /**
   * Takes how far a member is.
   *
   * @param member Who.
   * @param position What its client says.
   */
  handlePosition(member: Member, position: Position): void {
    member.readSequence = Math.max(member.readSequence, position.read);
    this.#positions.handlePosition(member.person.key, position);
    this.#noteChange();
  }

  /**
   * Takes how far somebody was when it was here last: that may have been looked
   * up only now.
   *
   * @param person Who.
   * @param read The last message that it had read.
   */
  handleKnown(person: PersonKey, read: number): void {
    this.#positions.handlePosition(person, { delivered: read, read });
    this.#noteChange();
  }

  /** Has kept how far people are, before it is time. */
  stop(): void {
    this.#room.onMoved(this.#positions.takeMoved());
  }

  /**
   * Tells how far a person is.
   *
   * @param person Who.
   * @returns The last message it has read; 0 if nothing is known.
   */
  readSequence({ key }: Person): number {
    return this.#positions.of(key)?.read ?? 0;
  }

  /**
   * Tells who has a message.
   *
   * @param sequence The message.
   * @param author Who wrote it, as it is known now.
   * @returns The names of all others that are counted.
   */
  namesOf(sequence: number, author: PersonKey): ReceiptPersons {
    this.#syncMembers();
    this.#noteChange();
    const { read, delivered, missing } = this.#positions.personsOf(
      sequence,
      author,
    );
    return {
      read: this.#names(read),
      delivered: this.#names(delivered),
      missing: this.#names(missing),
    };
  }

  /**
   * Tells who has acknowledged an announcement.
   *
   * @param message The announcement.
   * @param found What the log has, in its order, and who is on its list.
   * @returns Each person once; and who is or was here and has not.
   */
  rollOf(
    message: WrittenBy & Pick<LogEvent, "author">,
    { acknowledged, members }: {
      readonly acknowledged: readonly LogAcknowledgement[];
      readonly members: readonly RoomMember[];
    },
  ): AnnouncementRoll {
    const done = new Map<PersonKey, Acknowledgement>();
    for (const { authorKey, accountId, name, timeMs } of acknowledged) {
      const key = personKeyOf(accountId, authorKey);
      if (!done.has(key)) done.set(key, { name, timeMs });
    }
    const missing = new Map<PersonKey, string>();
    for (const { person, name } of members) missing.set(person, name);
    for (const names of [this.#departed, this.#room.memberNames]) {
      for (const [key, name] of names) missing.set(key, name);
    }
    for (const { key, name } of this.#persons.values()) {
      missing.set(key, name.text);
    }
    const gone = [...done.keys(), authorOf(message), message.authorKey];
    for (const { authorKey } of acknowledged) gone.push(authorKey);
    for (const key of gone) {
      missing.delete(key);
      // Who has claimed a name since then is the same all the same.
      const person = this.#roster.byAuthor(key)?.person;
      if (person !== undefined) missing.delete(person.key);
    }
    const shown = Array.from(done.values()).slice(0, MAX_MEMBERS);
    // A name is one person's, who may have had another device or been a guest.
    const names = new Set(missing.values());
    for (const { name } of shown) names.delete(name);
    names.delete(message.author);
    const left = MAX_MEMBERS - shown.length;
    return {
      acknowledged: shown,
      missing: Array.from(names).slice(0, left),
    };
  }

  /**
   * Takes note that somebody's key is another one now.
   *
   * @param key The new key.
   * @param oldKey The key until now.
   */
  rekey(key: PersonKey, oldKey: PersonKey): void {
    for (const map of [this.#persons, this.#departed]) rename(map, key, oldKey);
    if (this.#members.delete(oldKey)) this.#members.add(key);
    this.#positions.rekey(key, oldKey);
    this.#noteChange();
  }

  /** See {@linkcode Positions.nextTimeoutUs}. */
  nextTimeoutUs(): number | undefined {
    return this.#positions.nextTimeoutUs();
  }

  /**
   * Tells authors what is new for them, and who has read more on another
   * device, if it is time.
   *
   * @param nowUs The monotonic time.
   */
  handleTimeout(nowUs: number): void {
    this.#syncMembers();
    const { receipts: all, moved } = this.#positions.handleTimeout(nowUs);
    this.#room.onMoved(moved);
    this.#tellRead(moved);
    this.#isCounting = this.#positions.nextTimeoutUs() !== undefined;
    for (const { person: key, receipts } of all) {
      const members = this.#roster.membersOf(this.#persons.get(key)!);
      const to: number[] = [];
      for (const { handle, resumeAfter } of members) {
        if (resumeAfter !== undefined) to.push(handle);
      }
      if (to.length > 0) this.#outputs.send(to, { type: "receipt", receipts });
    }
  }

  /** Tells devices what their persons have read on others. */
  #tellRead(moved: readonly PersonPosition[]): void {
    // Mostly all have read the same: that is one message.
    const toTell = new Map<number, number[]>();
    for (const { person: key, read } of moved) {
      const person = this.#persons.get(key);
      if (person === undefined) continue;
      for (const member of this.#roster.membersOf(person)) {
        if (member.resumeAfter === undefined) continue;
        if (member.readSequence >= read) continue;
        member.readSequence = read;
        const to = toTell.get(read);
        if (to === undefined) toTell.set(read, [member.handle]);
        else to.push(member.handle);
      }
    }
    for (const [readSequence, to] of toTell) {
      this.#outputs.send(to, { type: "read", readSequence });
    }
  }

  /** Counted with the rest: who comes or goes as a member is no news by itself. */
  #syncMembers(): void {
    const { memberNames } = this.#room;
    for (const key of memberNames.keys()) {
      if (this.#members.has(key)) continue;
      this.#members.add(key);
      this.#positions.addMember(key);
    }
    for (const key of this.#members) {
      if (memberNames.has(key)) continue;
      this.#members.delete(key);
      this.#positions.removeMember(key);
    }
  }

  #noteChange(): void {
    const isCounting = this.#positions.nextTimeoutUs() !== undefined;
    if (!isCounting || this.#isCounting) return;
    this.#isCounting = true;
    this.#room.onCounting();
  }

  #names(keys: readonly PersonKey[]): string[] {
    return keys.flatMap((key) =>
      this.#persons.get(key)?.name.text ??
        this.#room.memberNames.get(key) ?? []
    );
  }
}

function rename(
  map: Map<PersonKey, unknown>,
  key: PersonKey,
  oldKey: PersonKey,
): void {
  const value = map.get(oldKey);
  if (map.delete(oldKey)) map.set(key, value);
}

function authorOf({ accountId, authorKey }: WrittenBy): PersonKey {
  return personKeyOf(accountId, authorKey);
}
