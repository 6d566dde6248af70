import { Prng } from "../lib/base/prng.ts";
import { MAX_SEARCH_WORDS, MAX_TIME_MS } from "../lib/chat/limits.ts";
import type { LogFound, LogQuery } from "../lib/chat/room_find.ts";
import { plainMessage } from "../lib/chat/room_event.ts";
import { searchTerms } from "../lib/chat/search_words.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { dataFilePath } from "../lib/store/data_dir.ts";
import { Store } from "../lib/store/store.ts";
import { Histogram } from "./histogram.ts";
import { append, AUTHORS, Talk, VOCABULARY, wordAt } from "./talk.ts";
import type { SearchResult, SearchTimes } from "./workload.ts";

type SearchQuery = Extract<LogQuery, { readonly type: "search" }>;

/** What a school says in some years. */
const MESSAGES = 1_000_000;
/** Searches of each kind. */
const ROUNDS = 100;

const STORE_WORKER = new URL("../lib/store/store_worker.ts", import.meta.url);
const RETENTION = { maxAgeMs: undefined, maxBytes: undefined };

/** As many words as a search may have, each in up to half of all messages. */
const MOST_FREQUENT = [
  "genap",
  ...Array.from({ length: MAX_SEARCH_WORDS - 1 }, (_, i) => wordAt(1 + i)),
].join(" ");

/** Measures searches in a large room. */
export async function measureSearch(): Promise<SearchResult> {
  const folder = await Deno.makeTempDir({ prefix: "gas-bench-" });
  try {
    const path = dataFilePath(folder, "history");
    const talk = new Talk();
    const startUs = monotonicUs();
    append(path, talk, MESSAGES);
    const fillSeconds = (monotonicUs() - startUs) / 1_000_000;
    const { size } = await Deno.stat(path);
    return {
      type: "search",
      messages: MESSAGES,
      indexedPerSecond: MESSAGES / fillSeconds,
      bytesPerMessage: size / MESSAGES,
      ...await search(path),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asks the store as the server does. */
async function search(path: string) {
  let onFound: (found: LogFound) => void = () => {};
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
      onFound: (_roomId, _findId, found) => onFound(found),
      onChanged: () => {},
      onQueried: () => {},
      onTrimmed: () => {},

      onUnwritable: (code) => {
        throw new Error(`The disk of the benchmark is ${code}`);
      },
    },
  });
  const find = (query: LogQuery) =>
    new Promise<LogFound>((resolve) => {
      onFound = resolve;
      store.find({ roomId: 1, findId: 1, query });
    });
  const ordinary = new SearchClock(find);
  const neverTogether = new SearchClock(find);
  const manyWords = new SearchClock(find);
  const talk = new Prng("questions");
  for (let round = 0; round < ROUNDS; round++) {
    for (const query of questions(talk)) await ordinary.measure(query);
    await neverTogether.measure(queryOf("genap ganjil"));
    await manyWords.measure(queryOf(MOST_FREQUENT));
  }
  // A commit while something is looked for that takes long.
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
    ordinary: ordinary.times(),
    neverTogether: neverTogether.times(),
    manyWords: manyWords.times(),
    commitBesideUs: commitUs.percentiles(),
  };
}

/** Measures searches, each to its end as a client asks on. */
class SearchClock {
  readonly #find: (query: SearchQuery) => Promise<LogFound>;
  readonly #answerUs = new Histogram();
  readonly #wholeUs = new Histogram();

  constructor(find: (query: SearchQuery) => Promise<LogFound>) {
    this.#find = find;
  }

  async measure(query: SearchQuery): Promise<void> {
    const startUs = monotonicUs();
    let found = await this.#find(query);
    this.#answerUs.add(monotonicUs() - startUs);
    let { limit } = query;
    while (!found.isEnd && (limit -= found.messages.length) > 0) {
      const before = found.searchedTo;
      found = await this.#find({ ...query, before, limit });
    }
    this.#wholeUs.add(monotonicUs() - startUs);
  }

  times(): SearchTimes {
    const answerUs = this.#answerUs.percentiles();
    return { answerUs, wholeUs: this.#wholeUs.percentiles() };
  }
}

/** What people ask for. */
function questions(prng: Prng): SearchQuery[] {
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
    queryOf("kata* tidakada"),
    queryOf(word(), { authorNameKey: author }),
    queryOf("", { authorNameKey: author }),
    queryOf(frequent(), { sinceMs: day, untilMs: day + 86_400_000 }),
    queryOf("tidakada"),
  ];
}

function queryOf(
  words: string,
  change: Partial<SearchQuery> = {},
): SearchQuery {
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
