import { ClientSession } from "../lib/app/client_session.ts";
import { startServer } from "../lib/app/server_app.ts";
import { Prng } from "../lib/base/prng.ts";
import { MAX_TIME_MS } from "../lib/chat/limits.ts";
import { DEFAULT_ROOM_ID } from "../lib/chat/room_kind.ts";
import type { LogQuery } from "../lib/chat/room_find.ts";
import { plainMessage } from "../lib/chat/room_event.ts";
import type { LogEvent } from "../lib/chat/room_log.ts";
import { searchTerms } from "../lib/chat/search_words.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { dataFilePath } from "../lib/store/data_dir.ts";
import { openDatabase } from "../lib/store/database.ts";
import { MessageIndex } from "../lib/store/message_index.ts";
import { migrate } from "../lib/store/migrations.ts";
import { RoomLog } from "../lib/store/room_log.ts";
import { Store } from "../lib/store/store.ts";
import type { ClientEvent } from "../lib/ui/bridge.ts";
import { Histogram } from "./histogram.ts";
import type { SearchResult } from "./workload.ts";

/** What a school says in some years. */
const MESSAGES = 1_000_000;
/** What of it a client has missed. */
const MISSED = 100_000;
/** Messages in one commit while the database is made. */
const GROUP = 1_000;
/** Different words, the frequent ones as frequent as in a language. */
const VOCABULARY = 20_000;
const WORDS_PER_MESSAGE = 12;
const AUTHORS = 100;
/** Messages a minute: a million of them are two years. */
const MINUTE_MS = 60_000;
/** Searches of each kind. */
const ROUNDS = 100;
/** What a screen shows. */
const SCREEN = 50;

const LOGIN_WORKER = new URL("../lib/crypto/login_worker.ts", import.meta.url);
const STORE_WORKER = new URL("../lib/store/store_worker.ts", import.meta.url);
const HOST = "127.0.0.1";
const RETENTION = { maxAgeMs: undefined, maxBytes: undefined };

/** Measures searches in a large room, and coming back to it after long. */
export async function measureSearch(): Promise<SearchResult> {
  const folder = await Deno.makeTempDir({ prefix: "gas-bench-" });
  try {
    const path = dataFilePath(folder, "history");
    const talk = new Talk();
    const startUs = monotonicUs();
    append(path, talk, MESSAGES - MISSED);
    const fillSeconds = (monotonicUs() - startUs) / 1_000_000;
    const away = await comeBack(folder, () => append(path, talk, MISSED));
    const { size } = await Deno.stat(path);
    return {
      type: "search",
      messages: MESSAGES,
      indexedPerSecond: (MESSAGES - MISSED) / fillSeconds,
      bytesPerMessage: size / MESSAGES,
      ...await search(path),
      ...away,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Messages of words that are as frequent as words are (Zipf's law). */
class Talk {
  readonly #prng = new Prng("search");
  #sequence = 0;

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

function wordAt(rank: number): string {
  return `kata${rank.toString(36)}`;
}

/** Into a stopped server's database. */
function append(path: string, talk: Talk, count: number): void {
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

/** A client that was in the room is away, misses much, and looks again. */
async function comeBack(dataDir: string, miss: () => void) {
  const session = await ClientSession.create({
    dataDir,
    host: undefined,
    port: undefined,
    clientPort: 0,
    name: undefined,
    loginWorker: LOGIN_WORKER.href,
  });
  const first = await serve(dataDir, 0);
  const { port } = first.sockets[0]!.local;
  await waitFor(session, isLastBefore, () => {
    session.handleCommand({
      type: "login",
      host: HOST,
      port,
      name: "Ani",
      password: "GAS1",
    });
  });
  await first.stop();
  miss();
  let welcomeUs = 0;
  let screenUs = 0;
  let missed = 0;
  const caughtUp = waitFor(session, (event) => {
    if (event.type === "welcome") {
      welcomeUs = monotonicUs();
      session.handleCommand({
        type: "ask",
        roomId: DEFAULT_ROOM_ID,
        questionId: 1,
        query: {
          type: "history",
          direction: "before",
          sequence: 0,
          limit: SCREEN,
        },
      });
    } else if (event.type === "answer") screenUs = monotonicUs() - welcomeUs;
    else if (event.type === "message") missed++;
    return missed === MISSED;
  }, () => {});
  await using _second = await serve(dataDir, port);
  await caughtUp;
  const caughtUpUs = monotonicUs() - welcomeUs;
  session.handleCommand({ type: "quit" });
  await session.finished;
  return { missed, screenUs, caughtUpUs };
}

function serve(dataDir: string, port: number) {
  const fail = (error: unknown) => {
    throw error;
  };
  return startServer({
    setup: {
      host: HOST,
      port,
      password: "GAS1",
      openRoom: true,
      dataDir,
      retention: RETENTION,
    },
    loginWorker: LOGIN_WORKER,
    storeWorker: STORE_WORKER,
    room: "Benchmark",
    onNotice: () => {},
    onUnwritable: fail,
    onError: fail,
  });
}

/** Of what was there before. */
function isLastBefore(event: ClientEvent): boolean {
  return event.type === "message" && event.delivery.state === "stored" &&
    event.delivery.sequence === MESSAGES - MISSED;
}

/** Does something and waits for an event. */
function waitFor(
  session: ClientSession,
  isIt: (event: ClientEvent) => boolean,
  action: () => void,
): Promise<void> {
  return new Promise((resolve) => {
    session.subscribe((event) => isIt(event) && resolve());
    action();
  });
}

/** Asks the store as the server does. */
async function search(path: string) {
  let onFound = () => {};
  const commitUs = new Histogram();
  let appendedUs = 0;
  await using store: Store = await Store.open({
    worker: STORE_WORKER,
    path,
    room: "",
    recentEvents: 0,
    retention: RETENTION,
    handlers: {
      onAppended: () => {
        if (appendedUs > 0) commitUs.add(monotonicUs() - appendedUs);
      },
      onLoaded: () => {},
      onRecalled: () => {},
      onFound: () => onFound(),
      onChanged: () => {},
      onQueried: () => {},
      onTrimmed: () => {},

      onUnwritable: (code) => {
        throw new Error(`The disk of the benchmark is ${code}`);
      },
    },
  });
  const find = (query: LogQuery) =>
    new Promise<void>((resolve) => {
      onFound = resolve;
      store.find({ roomId: 1, findId: 1, query });
    });
  const ordinary = new Histogram();
  const worst = new Histogram();
  const talk = new Prng("questions");
  for (let round = 0; round < ROUNDS; round++) {
    for (const query of questions(talk)) {
      ordinary.add(await timed(() => find(query)));
    }
    worst.add(await timed(() => find(queryOf("genap ganjil"))));
  }
  // A commit while the worst that can be asked is looked for.
  let sequence = store.state.lastSequence;
  for (let round = 0; round < ROUNDS; round++) {
    const done = find(queryOf("genap ganjil"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    appendedUs = monotonicUs();
    store.append(1, {
      sequence: ++sequence,
      id: new Uint8Array(16),
      authorKey: "00",
      accountId: 0,
      author: "Ani",
      act: plainMessage("halo"),
      timeMs: Date.now(),
    });
    await store.flushed();
    await done;
  }
  return {
    searchUs: ordinary.percentiles(),
    worstSearchUs: worst.percentiles(),
    commitBesideUs: commitUs.percentiles(),
  };
}

/** What people ask for. */
function questions(prng: Prng): LogQuery[] {
  const word = () => wordAt(1 + prng.below(VOCABULARY - 1));
  const frequent = () => wordAt(1 + prng.below(50));
  const author = `author ${prng.below(AUTHORS)}`;
  const day = 86_400_000 * prng.below(600);
  return [
    queryOf(word()),
    queryOf(frequent()),
    queryOf(`${frequent()} ${word()}`),
    queryOf(`${frequent()} ${frequent()}`),
    queryOf(`${word().slice(0, 6)}*`),
    queryOf(word(), { authorNameKey: author }),
    queryOf("", { authorNameKey: author }),
    queryOf(frequent(), { sinceMs: day, untilMs: day + 86_400_000 }),
    queryOf("tidakada"),
  ];
}

function queryOf(
  words: string,
  change: Partial<Extract<LogQuery, { type: "search" }>> = {},
): LogQuery {
  return {
    type: "search",
    terms: searchTerms(words),
    authorNameKey: "",
    sinceMs: 0,
    untilMs: MAX_TIME_MS,
    before: MESSAGES + 1,
    limit: 20,
    ...change,
  };
}

async function timed(action: () => Promise<void>): Promise<number> {
  const startUs = monotonicUs();
  await action();
  return monotonicUs() - startUs;
}
