import type { Author } from "./author.ts";
import { MAX_DEPARTED_AUTHORS } from "./limits.ts";
import type { MessageDeframer } from "./message_deframer.ts";
import type { Person, PresentPerson } from "./person.ts";
import type { PresentMember } from "./request.ts";

/** A client in a room. */
export interface Member {
  /** The caller's handle of the stream. */
  readonly handle: number;
  /** Whose it is. */
  readonly person: Person;
  /** The client, over all connections. */
  readonly author: Author;
  /** Cuts its stream into messages. */
  readonly deframer: MessageDeframer;
  /** Its messages that have to wait; at most what came in one piece. */
  readonly waiting: Uint8Array[];
  /** The message that is looked up in the log for what waits first. */
  lookup: number | undefined;
  /** Its stream has every message after this one; undefined before its sync. */
  resumeAfter: number | undefined;
  /** The last event that its client knows to be read by the person. */
  readSequence: number;
  /**
   * When the others were told that it came, by the wall clock; undefined before
   * that. Stays over a takeover.
   */
  announcedMs: number | undefined;
}

/**
 * Makes a member that has not said anything yet.
 *
 * @param who Its handle, person, author and deframer.
 * @returns The member.
 */
export function newMember(
  who: Pick<Member, "handle" | "person" | "author" | "deframer">,
): Member {
  return {
    ...who,
    waiting: [],
    lookup: undefined,
    resumeAfter: undefined,
    readSequence: 0,
    announcedMs: undefined,
  };
}

/** Who is in a room, and who was there not long ago. */
export class Roster {
  readonly #members = new Map<number, Member>();
  /** The same members, by person, in the order in which those came. */
  readonly #byPerson = new Map<Person, Set<Member>>();
  /** The same members, by {@linkcode Author.key}. */
  readonly #byAuthor = new Map<string, Member>();
  /** Authors that left; the longest gone first. */
  readonly #departed = new Map<string, Author>();

  /** How many members there are. */
  get size(): number {
    return this.#members.size;
  }

  /** A member by its handle. */
  get(handle: number): Member | undefined {
    return this.#members.get(handle);
  }

  /** A member by its author. */
  byAuthor(authorKey: string): Member | undefined {
    return this.#byAuthor.get(authorKey);
  }

  /** The members of a person. */
  membersOf(person: Person): ReadonlySet<Member> {
    return this.#byPerson.get(person) ?? NOBODY;
  }

  /** Whether the others know that a person is here. */
  isAnnounced(person: Person): boolean {
    return this.#announcedMs(person) !== undefined;
  }

  /** The author of a member, or of one that left. */
  authorOf(authorKey: string): Author | undefined {
    return this.#byAuthor.get(authorKey)?.author ??
      this.#departed.get(authorKey);
  }

  /** Adds a member. */
  add(member: Member): void {
    this.#members.set(member.handle, member);
    this.#byAuthor.set(member.author.key, member);
    const members = this.#byPerson.get(member.person);
    if (members === undefined) {
      this.#byPerson.set(member.person, new Set([member]));
    } else members.add(member);
    this.#departed.delete(member.author.key);
  }

  /** Puts a member in the place of one of the same person and author. */
  replace(previous: Member, next: Member): void {
    this.add(next);
    this.#members.delete(previous.handle);
    this.#byPerson.get(previous.person)!.delete(previous);
  }

  /** Removes a member; its author is remembered for a while. */
  remove(member: Member): void {
    const { handle, person, author } = member;
    this.#members.delete(handle);
    this.#byAuthor.delete(author.key);
    const members = this.#byPerson.get(person)!;
    members.delete(member);
    if (members.size === 0) this.#byPerson.delete(person);
    this.#departed.set(author.key, author);
    if (this.#departed.size > MAX_DEPARTED_AUTHORS) {
      const [longestGone] = this.#departed.keys();
      this.#departed.delete(longestGone!);
    }
  }

  /** Removes everybody. */
  clear(): void {
    this.#members.clear();
    this.#byPerson.clear();
    this.#byAuthor.clear();
  }

  /** The handles of all members. */
  handles(): number[] {
    return Array.from(this.#members.keys());
  }

  /** The handles of those that were welcomed. */
  welcomedHandles(): number[] {
    const handles: number[] = [];
    for (const { handle, resumeAfter } of this.#members.values()) {
      if (resumeAfter !== undefined) handles.push(handle);
    }
    return handles;
  }

  /** Those the others know of, in the order in which they came. */
  announced(): PresentPerson[] {
    const persons: PresentPerson[] = [];
    for (const person of this.#byPerson.keys()) {
      if (!this.isAnnounced(person)) continue;
      const { name, role, isAway } = person;
      persons.push({ name: name.text, role, isAway });
    }
    return persons;
  }

  /** Those the others know of, since when, in the order in which they came. */
  present(): PresentMember[] {
    const present: PresentMember[] = [];
    for (const person of this.#byPerson.keys()) {
      const sinceMs = this.#announcedMs(person);
      if (sinceMs === undefined) continue;
      present.push(presentMember(person, sinceMs));
    }
    return present;
  }

  /** Somebody the others know of, by its name's key. */
  presentByKey(key: string): PresentMember | undefined {
    const person = this.personByKey(key);
    const sinceMs = person && this.#announcedMs(person);
    return sinceMs === undefined ? undefined : presentMember(person!, sinceMs);
  }

  /** Somebody who is here, by its name's key. */
  personByKey(key: string): Person | undefined {
    return this.#byPerson.keys().find((person) => person.name.key === key);
  }

  /** Since when the others know of a person: of its first device. */
  #announcedMs(person: Person): number | undefined {
    let firstMs: number | undefined;
    for (const { announcedMs } of this.membersOf(person)) {
      if (announcedMs === undefined) continue;
      firstMs = Math.min(firstMs ?? announcedMs, announcedMs);
    }
    return firstMs;
  }
}

function presentMember(
  { name, role, isAway }: Person,
  sinceMs: number,
): PresentMember {
  return { name: name.text, role, isAway, sinceMs };
}

const NOBODY: ReadonlySet<Member> = new Set();
