import type { StoredMessage } from "./chat_message.ts";
import { MAX_UNACKNOWLEDGED_MESSAGES } from "./limits.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

/** A message that has its place in the order, but may not be shown yet. */
export interface AcceptedMessage {
  /** What its author is told, except how many others it reached. */
  readonly stored: Omit<StoredMessage, "forwardedTo">;
  /** Who wrote it. */
  readonly author: Author;
  /** The author's name at that time. */
  readonly authorName: string;
  /** What was written. */
  readonly text: string;
}

/**
 * What a server knows of one client over all its connections: its last
 * messages, by which a resend is recognised, and its rate.
 */
export class Author {
  /** The client's instance in hexadecimal; secret. */
  readonly instanceKey: string;
  /** How fast it may send. */
  readonly bucket: TokenBucket;
  /** Whether its last message was too fast: the operator is told once. */
  isFlooding = false;
  /** A ring of its last messages: those it may still resend. */
  readonly #recent: RecentMessage[] = [];
  #oldest = 0;

  /**
   * Creates the author of a new client.
   *
   * @param instanceKey Its instance in hexadecimal.
   * @param rate How fast it may send.
   * @param nowUs The monotonic time.
   */
  constructor(instanceKey: string, rate: Rate, nowUs: number) {
    this.instanceKey = instanceKey;
    this.bucket = new TokenBucket(rate, nowUs);
  }

  /**
   * Looks for a message sent before. A client has at most
   * `MAX_UNACKNOWLEDGED_MESSAGES` on the way and sends them in order: what it
   * may send again is among the last so many that were accepted.
   *
   * @param id The client's ID of the message.
   * @returns The message, if the client sent it before.
   */
  findRecent(id: Uint8Array): RecentMessage | undefined {
    return this.#recent.find((recent) => isSameId(recent.id, id));
  }

  /**
   * Remembers an accepted message.
   *
   * @param id The client's ID of it.
   */
  addRecent(id: Uint8Array): void {
    this.#recent[this.#oldest] = { id, stored: undefined };
    this.#oldest = (this.#oldest + 1) % MAX_UNACKNOWLEDGED_MESSAGES;
  }

  /**
   * Remembers that a message was published.
   *
   * @param stored What its author is told.
   */
  setStored(stored: StoredMessage): void {
    const recent = this.findRecent(stored.id);
    if (recent !== undefined) recent.stored = stored;
  }
}

/** A message its author may send again. */
export interface RecentMessage {
  /** The client's ID of it. */
  readonly id: Uint8Array;
  /** What its author is told; undefined until it is published. */
  stored: StoredMessage | undefined;
}

/** IDs are no secrets, and random ones differ in their last byte. */
function isSameId(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = a.length - 1; i >= 0; i--) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
