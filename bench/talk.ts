import { Prng } from "../lib/base/prng.ts";
import { plainMessage } from "../lib/chat/room_event.ts";
import type { LogEvent } from "../lib/chat/room_log.ts";
import { openDatabase } from "../lib/store/database.ts";
import { MessageIndex } from "../lib/store/message_index.ts";
import { migrate } from "../lib/store/migrations.ts";
import { RoomLog } from "../lib/store/room_log.ts";

/** Messages in one commit while the database is made. */
const GROUP = 1_000;
/** Different words, the frequent ones as frequent as in a language. */
export const VOCABULARY = 20_000;
const WORDS_PER_MESSAGE = 12;
/** How many people wrote it. */
export const AUTHORS = 100;
/** Messages a minute: a million of them are two years. */
const MINUTE_MS = 60_000;

/** Messages of words that are as frequent as words are (Zipf's law). */
export class Talk {
  readonly #prng = new Prng("search");
  #sequence = 0;

  /** The next message. */
  next(): LogEvent {
    const sequence = ++this.#sequence;
    const author = this.#prng.below(AUTHORS);
    // The worst there is to look for: two frequent words, never together.
    const words = [sequence % 2 === 0 ? "genap" : "ganjil"];
    while (words.length < WORDS_PER_MESSAGE) words.push(wordAt(this.#rank()));
    return {
      sequence,
      id: this.#prng.bytes(16),
      authorKey: author.toString(16).padStart(32, "0"),
      accountId: 0,
      author: `Author ${author}`,
      act: plainMessage(words.join(" ")),
      timeMs: sequence * MINUTE_MS,
    };
  }

  #rank(): number {
    const share = this.#prng.u32() / 2 ** 32;
    return Math.floor(VOCABULARY ** share);
  }
}

/** A word by its rank. */
export function wordAt(rank: number): string {
  return `kata${rank.toString(36)}`;
}

/** Into a stopped server's database. */
export function append(path: string, talk: Talk, count: number): void {
  const { database } = openDatabase(path);
  try {
    migrate(database);
    database.exec(
      `INSERT OR IGNORE INTO room (room_id, name, kind, topic, created_ms)
       VALUES (1, '', 'public', '', 0)`,
    );
    const log = new RoomLog(database, 1);
    for (let done = 0; done < count; done += GROUP) {
      log.append(Array.from({ length: GROUP }, () => talk.next()));
    }
    const index = new MessageIndex(database);
    while (index.step());
  } finally {
    database.close();
  }
}
