import { plainMessage } from "../lib/chat/room_event.ts";
import type { LogEvent } from "../lib/chat/room_log.ts";
import { MAX_UNSTORED_MESSAGES } from "../lib/chat/limits.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { openDatabase } from "../lib/store/database.ts";
import { migrate } from "../lib/store/migrations.ts";
import { RoomLog } from "../lib/store/room_log.ts";
import { Store } from "../lib/store/store.ts";
import { Histogram } from "./histogram.ts";
import type { StoreResult } from "./workload.ts";

/** What a busy server is asked to store. */
const OFFERED_PER_SECOND = 10_000;
/** How often what is due is appended: as often as a loop of the network turns. */
const TICK_MS = 1;
/** Of an ordinary line. */
const TEXT_CHARACTERS = 100;
/** Different words in all of them. */
const VOCABULARY = 20_000;
/** Who writes in turn. */
const AUTHORS = 100;

const WORKER = new URL("../lib/store/store_worker.ts", import.meta.url);

/** Measures the store alone, and SQLite alone with the same groups. */
export async function measureStore(seconds: number): Promise<StoreResult> {
  const folder = await Deno.makeTempDir({ prefix: "gas-bench-" });
  try {
    const paced = await runPaced(`${folder}/paced.sqlite`, seconds);
    const flood = await runFlood(`${folder}/flood.sqlite`, seconds);
    const rawPerSecond = runRaw(`${folder}/raw.sqlite`, flood.groups);
    return {
      type: "store",
      seconds,
      offeredPerSecond: OFFERED_PER_SECOND,
      storedPerSecond: paced.stored / paced.seconds,
      ackUs: paced.ackUs,
      floodPerSecond: flood.stored / flood.seconds,
      rawPerSecond,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Appends at a fixed rate, and measures until each event is on the disk. */
async function runPaced(path: string, seconds: number) {
  const ack = new Histogram();
  const appendedUs: number[] = [];
  let acknowledged = 0;
  await using store = await openStore(path, (through) => {
    const nowUs = monotonicUs();
    for (; acknowledged < through; acknowledged++) {
      ack.add(nowUs - appendedUs[acknowledged]!);
    }
  });
  const startUs = monotonicUs();
  for (let elapsedUs = 0; elapsedUs < seconds * 1_000_000;) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    elapsedUs = monotonicUs() - startUs;
    const due = Math.floor(elapsedUs * OFFERED_PER_SECOND / 1_000_000);
    while (appendedUs.length < due) {
      appendedUs.push(monotonicUs());
      store.append(1, eventAt(appendedUs.length));
    }
  }
  await store.flushed();
  const tookUs = monotonicUs() - startUs;
  return {
    stored: acknowledged,
    seconds: tookUs / 1_000_000,
    ackUs: ack.percentiles(),
  };
}

/** Keeps as much waiting as a room may. */
async function runFlood(path: string, seconds: number) {
  const groups: number[] = [];
  const startUs = monotonicUs();
  const finished = Promise.withResolvers<void>();
  let appended = 0;
  let acknowledged = 0;
  const fill = (store: Store) => {
    while (appended - acknowledged < MAX_UNSTORED_MESSAGES) {
      store.append(1, eventAt(++appended));
    }
  };
  await using store: Store = await openStore(path, (through) => {
    groups.push(through - acknowledged);
    acknowledged = through;
    if (monotonicUs() - startUs < seconds * 1_000_000) fill(store);
    else if (acknowledged === appended) finished.resolve();
  });
  fill(store);
  await finished.promise;
  const tookUs = monotonicUs() - startUs;
  return { stored: acknowledged, seconds: tookUs / 1_000_000, groups };
}

/** Commits the same groups in this thread, one after the other. */
function runRaw(path: string, groups: readonly number[]): number {
  const { database } = openDatabase(path);
  try {
    migrate(database);
    database.exec(
      `INSERT INTO room (room_id, name, kind, topic, created_ms)
       VALUES (1, '', 'public', '', 0)`,
    );
    const log = new RoomLog(database, 1);
    const startUs = monotonicUs();
    for (const size of groups) {
      const first = log.lastSequence + 1;
      log.append(Array.from({ length: size }, (_, i) => eventAt(first + i)));
    }
    return log.lastSequence / ((monotonicUs() - startUs) / 1_000_000);
  } finally {
    database.close();
  }
}

function openStore(
  path: string,
  onAppended: (through: number) => void,
): Promise<Store> {
  return Store.open({
    worker: WORKER,
    path,
    room: "Benchmark",
    recentEvents: 0,
    retention: { maxAgeMs: undefined, maxBytes: undefined },
    handlers: {
      onAppended: ([appended]) => onAppended(appended!.throughSequence),
      onChanged: () => {},
      onQueried: () => {},
      onLoaded: () => {},
      onRecalled: () => {},
      onFound: () => {},

      onTrimmed: () => {},
      onUnwritable: (code) => {
        throw new Error(`The disk of the benchmark is ${code}`);
      },
    },
  });
}

function eventAt(sequence: number): LogEvent {
  const author = sequence % AUTHORS;
  return {
    sequence,
    id: crypto.getRandomValues(new Uint8Array(16)),
    authorKey: author.toString(16).padStart(64, "0"),
    accountId: 0,
    author: `Author ${author}`,
    act: plainMessage(textOf(sequence)),
    timeMs: Date.now(),
  };
}

/** Every line has words of its own, because words are indexed. */
function textOf(sequence: number): string {
  let text = "";
  for (let i = 1; text.length < TEXT_CHARACTERS; i++) {
    text += `kata${(sequence * i % VOCABULARY).toString(36)} `;
  }
  return text.slice(0, TEXT_CHARACTERS);
}
