import type { Author } from "./author.ts";
import { MAX_CLIENT_MESSAGE_BYTES, MAX_DEPARTED_AUTHORS } from "./limits.ts";
import { MessageDeframer } from "./message_deframer.ts";
import type { MemberName } from "./name.ts";
import type { PresentMember } from "./request.ts";

/** Somebody in a room. */
export interface Member {
  /** The caller's handle of the connection. */
  readonly handle: number;
  /** The name. */
  readonly name: MemberName;
  /** Who it is, over all connections. */
  readonly author: Author;
  /** Cuts its stream into messages. */
  readonly deframer: MessageDeframer;
  /** Its messages that have to wait; at most what came in one piece. */
  readonly waiting: Uint8Array[];
  /** The message that is looked up in the log for what waits first. */
  lookup: number | undefined;
  /** Its stream has every message after this one; undefined before its sync. */
  resumeAfter: number | undefined;
  /**
   * When the others were told that it came, by the wall clock; undefined before
   * that. Stays over a takeover.
   */
  announcedMs: number | undefined;
}

/**
 * Makes a member that has not said anything yet.
 *
 * @param who Its handle, name and author.
 * @returns The member.
 */
export function newMember(
  who: Pick<Member, "handle" | "name" | "author">,
): Member {
  return {
    ...who,
    deframer: new MessageDeframer(MAX_CLIENT_MESSAGE_BYTES),
    waiting: [],
    lookup: undefined,
    resumeAfter: undefined,
    announcedMs: undefined,
  };
}

/** Who is in a room, and who was there not long ago. */
export class Roster {
  readonly #members = new Map<number, Member>();
  /** The same members, by {@linkcode MemberName.key}, in the order they came. */
  readonly #byKey = new Map<string, Member>();
  readonly #bySkeleton = new Map<string, Member>();
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

  /** Who has a name, or one that looks like it. */
  holderOf(name: MemberName): Member | undefined {
    return this.#byKey.get(name.key) ?? this.#bySkeleton.get(name.skeleton);
  }

  /** The author of a member, or of one that left. */
  authorOf(authorKey: string): Author | undefined {
    return this.#byAuthor.get(authorKey)?.author ??
      this.#departed.get(authorKey);
  }

  /** Adds a member. */
  add(member: Member): void {
    this.#members.set(member.handle, member);
    this.#byKey.set(member.name.key, member);
    this.#bySkeleton.set(member.name.skeleton, member);
    this.#byAuthor.set(member.author.key, member);
    this.#departed.delete(member.author.key);
  }

  /** Puts a member in the place of one with the same name and author. */
  replace(previous: Member, next: Member): void {
    this.#members.delete(previous.handle);
    this.add(next);
  }

  /** Removes a member; its author is remembered for a while. */
  remove({ handle, name, author }: Member): void {
    this.#members.delete(handle);
    this.#byKey.delete(name.key);
    this.#bySkeleton.delete(name.skeleton);
    this.#byAuthor.delete(author.key);
    this.#departed.set(author.key, author);
    if (this.#departed.size > MAX_DEPARTED_AUTHORS) {
      const [longestGone] = this.#departed.keys();
      this.#departed.delete(longestGone!);
    }
  }

  /** Removes everybody. */
  clear(): void {
    this.#members.clear();
    this.#byKey.clear();
    this.#bySkeleton.clear();
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

  /** The names of those the others know of, in the order they came. */
  announcedNames(): string[] {
    const names: string[] = [];
    for (const member of this.#byKey.values()) {
      if (member.announcedMs !== undefined) names.push(member.name.text);
    }
    return names;
  }

  /** Those the others know of, since when, in the order they came. */
  present(): PresentMember[] {
    const present: PresentMember[] = [];
    for (const { name, announcedMs } of this.#byKey.values()) {
      if (announcedMs === undefined) continue;
      present.push({ name: name.text, sinceMs: announcedMs });
    }
    return present;
  }

  /** A member the others know of, by its name's key. */
  presentByKey(key: string): PresentMember | undefined {
    const member = this.#byKey.get(key);
    if (member?.announcedMs === undefined) return undefined;
    return { name: member.name.text, sinceMs: member.announcedMs };
  }
}
