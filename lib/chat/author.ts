import { concatBytes, encodeHex } from "../base/bytes.ts";
import { US_PER_S } from "../base/time.ts";
import { type Rate, TokenBucket } from "../base/token_bucket.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { StoredMessage } from "./chat_message.ts";
import {
  MAX_UNACKNOWLEDGED_MESSAGES,
  REQUEST_BURST,
  REQUESTS_PER_SECOND,
} from "./limits.ts";
import { storedMessage } from "./room_history.ts";
import type { LogEvent } from "./room_log.ts";

/**
 * Derives the name under which a client's messages are kept. A client instance
 * is a secret, and a log may be read by others: from this nobody learns it.
 *
 * @param crypto The hash.
 * @param clientInstance The 16 bytes.
 * @returns A hash of it in hexadecimal.
 */
export function makeAuthorKey(
  crypto: Pick<CryptoProvider, "hash">,
  clientInstance: Uint8Array,
): string {
  const input = concatBytes(AUTHOR_KEY_LABEL, clientInstance);
  return encodeHex(crypto.hash(AUTHOR_KEY_BYTES, input));
}

/**
 * What a server knows of one client over all its connections: its last
 * messages, by which a resend is recognised, and its rate.
 */
export class Author {
  /** {@linkcode LogEvent.authorKey} of its messages. */
  readonly key: string;
  /** How fast it may send. */
  readonly bucket: TokenBucket;
  /** How often it may ask. */
  readonly requestBucket: TokenBucket;
  /** Whether its last message was too fast: the operator is told once. */
  isFlooding = false;
  #isRecalled = false;
  /** A ring of its last messages: those it may still resend. */
  readonly #recent: RecentMessage[] = [];
  #oldest = 0;

  /**
   * Creates the author of a client that is not known.
   *
   * @param key Its key.
   * @param rate How fast it may send.
   * @param nowUs The monotonic time.
   */
  constructor(key: string, rate: Rate, nowUs: number) {
    this.key = key;
    this.bucket = new TokenBucket(rate, nowUs);
    this.requestBucket = new TokenBucket(REQUEST_RATE, nowUs);
  }

  /** Whether its messages in the log are known, so that it may send more. */
  get isRecalled(): boolean {
    return this.#isRecalled;
  }

  /** Whether none of its messages waits to be published. */
  get isAnswered(): boolean {
    return this.#recent.every(({ stored }) => stored !== undefined);
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
   * Takes what the log has of its last messages, before it sends any.
   *
   * @param events The newest, ascending.
   */
  recall(events: readonly LogEvent[]): void {
    this.#isRecalled = true;
    for (const event of events) {
      this.addRecent(event.id, storedMessage(event, 0));
    }
  }

  /**
   * Remembers an accepted message.
   *
   * @param id The client's ID of it.
   * @param stored What its author is told, if it is published.
   */
  addRecent(id: Uint8Array, stored?: StoredMessage): void {
    this.#recent[this.#oldest] = { id, stored };
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

/** The same for everybody, so that no welcome needs to tell it. */
const REQUEST_RATE: Rate = {
  burst: REQUEST_BURST,
  count: REQUESTS_PER_SECOND,
  periodUs: US_PER_S,
};

/** As long as what it stands for: more would make it no harder to guess. */
const AUTHOR_KEY_BYTES = 16;
const AUTHOR_KEY_LABEL = new TextEncoder().encode("gas author\0");
