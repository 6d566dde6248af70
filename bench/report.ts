/**
 * The tables, in Markdown.
 *
 * @module
 */

import {
  type BenchResult,
  type CatchupResult,
  type EntryResult,
  type RoomResult,
  type SearchResult,
  type SearchTimes,
  type StoreResult,
  type StreamResult,
  WORKLOADS,
} from "./workload.ts";

/** Others took more of the window than this: the figures of the run say little. */
const MAX_NOISE = 0.08;

/** A column of the room table. */
interface Column {
  readonly title: string;
  /** The figure of one run. */
  readonly value: (result: RoomResult) => number;
  readonly digits: number;
  /** Whether ours is divided by each peer's in a column of its own. */
  readonly hasRatio: boolean;
}

const COLUMNS: readonly Column[] = [
  {
    title: "CPU µs/delivery",
    value: (r) => r.serverCpuSeconds * 1_000_000 / r.deliveries,
    digits: 2,
    hasRatio: true,
  },
  {
    title: "deliveries/s",
    value: (r) => r.deliveries / r.seconds,
    digits: 0,
    hasRatio: true,
  },
  {
    title: "p50 ms",
    value: (r) => r.latencyUs.p50 / 1_000,
    digits: 2,
    hasRatio: false,
  },
  {
    title: "p99 ms",
    value: (r) => r.latencyUs.p99 / 1_000,
    digits: 2,
    hasRatio: true,
  },
  {
    title: "KiB/client",
    value: (r) => (r.joinedKib - r.emptyKib) / clientsOf(r),
    digits: 1,
    hasRatio: true,
  },
  {
    title: "server busy",
    value: (r) => r.serverCpuSeconds / r.seconds,
    digits: 2,
    hasRatio: false,
  },
  {
    title: "load busy",
    value: (r) => r.loadCpuSeconds / r.seconds,
    digits: 2,
    hasRatio: false,
  },
  {
    title: "noise",
    value: (r) => r.noiseSeconds / r.seconds,
    digits: 2,
    hasRatio: false,
  },
];

/** Figures only our own runs have, under the room table. */
const OWN_COLUMNS: readonly Column[] = [
  {
    title: "in the kernel",
    value: (r) => r.transport!.serverSystemSeconds / r.serverCpuSeconds,
    digits: 2,
    hasRatio: false,
  },
  {
    title: "datagrams/delivery",
    value: (r) => r.transport!.datagrams / r.deliveries,
    digits: 2,
    hasRatio: false,
  },
  {
    title: "dropped at server",
    value: (r) => r.transport!.droppedDatagrams.server,
    digits: 0,
    hasRatio: false,
  },
  {
    title: "at clients",
    value: (r) => r.transport!.droppedDatagrams.load,
    digits: 0,
    hasRatio: false,
  },
  {
    title: "all in, s",
    value: (r) => r.joinSeconds,
    digits: 1,
    hasRatio: false,
  },
  {
    title: "connect p50 ms",
    value: (r) => r.transport!.connectUs.p50 / 1_000,
    digits: 0,
    hasRatio: false,
  },
  {
    title: "connect p99 ms",
    value: (r) => r.transport!.connectUs.p99 / 1_000,
    digits: 0,
    hasRatio: false,
  },
];

/** All tables, as far as there are results for them. */
export function reportText(results: readonly BenchResult[]): string {
  const rooms = results.filter((result) => result.type === "room");
  const own = rooms.filter(({ transport }) => transport !== undefined);
  const entries = results.filter((result) => result.type === "entry");
  const streams = results.filter((result) => result.type === "stream");
  const stores = results.filter((result) => result.type === "store");
  const searches = results.filter((result) => result.type === "search");
  const catchups = results.filter((result) => result.type === "catchup");
  return [
    ...(rooms.length > 0 ? [roomTable(rooms)] : []),
    ...(own.length > 0 ? [ownTable(own)] : []),
    ...(entries.length > 0 ? [entryTable(entries)] : []),
    ...(streams.length > 0 ? [streamTable(streams)] : []),
    ...(stores.length > 0 ? [storeTable(stores)] : []),
    ...(searches.length > 0 ? [searchTable(searches)] : []),
    ...(catchups.length > 0 ? [catchupTable(catchups)] : []),
  ].join("\n");
}

/** One line about one run, while others are still to come. */
export function progressText(result: BenchResult): string {
  switch (result.type) {
    case "room": {
      const figures = COLUMNS.map(({ title, value, digits }) =>
        `${title} ${value(result).toFixed(digits)}`
      );
      return `${result.row}  ${result.server}: ${figures.join(", ")}`;
    }
    case "entry":
      return `start and login: ${
        entryRows([result]).map((row) => row.join(" ")).join(", ")
      }`;
    case "stream":
      return `stream: ${
        streamRows([result]).map((row) => row.join(" ")).join(", ")
      }`;
    case "store":
      return `store: ${
        storeRows([result]).map((row) => row.join(" ")).join(", ")
      }`;
    case "search":
      return `search: ${
        searchRows([result]).map((row) => row.join(" ")).join(", ")
      }`;
    case "catchup":
      return `catchup: ${
        catchupRows([result]).map((row) => row.join(" ")).join(", ")
      }`;
  }
}

function roomTable(results: readonly RoomResult[]): string {
  const head = COLUMNS.flatMap(({ title, hasRatio }) =>
    hasRatio ? [title, "ours ÷ it"] : [title]
  );
  const rows = groupsOf(results).map((group) => {
    const [{ row, server, transport }] = group;
    const ours = results.filter((result) =>
      result.row === row && result.transport !== undefined
    );
    const cells = COLUMNS.flatMap((column) => {
      const cell = cellOf(column, group);
      if (!column.hasRatio) return [cell];
      const isCompared = transport === undefined && ours.length > 0;
      const ratio = isCompared
        ? medianOf(column, ours) / medianOf(column, group)
        : undefined;
      return [cell, ratio === undefined ? "" : ratioText(ratio)];
    });
    return [row, server, ...cells];
  });
  return tableText(["row", "server", ...head], rows);
}

function ownTable(results: readonly RoomResult[]): string {
  const rows = groupsOf(results).map((group) => [
    group[0].row,
    ...OWN_COLUMNS.map((column) => cellOf(column, group)),
  ]);
  return tableText(["row", ...OWN_COLUMNS.map(({ title }) => title)], rows);
}

function entryTable(results: readonly EntryResult[]): string {
  return tableText(["start and login", ""], entryRows(results));
}

function entryRows(results: readonly EntryResult[]): string[][] {
  const of = (value: (result: EntryResult) => number, digits: number) =>
    median(results.map(value)).toFixed(digits);
  return [
    ["server.ts until its first line, ms", of((r) => r.startUs.p50 / 1000, 0)],
    ["login p50, ms", of((r) => r.connectUs.p50 / 1000, 0)],
    ["login p99, ms", of((r) => r.connectUs.p99 / 1000, 0)],
    ["server CPU per login, ms", of((r) => r.serverCpuUsPerLogin / 1000, 1)],
    ["server.ts without clients, MiB", of((r) => r.emptyKib / 1024, 0)],
  ];
}

function streamTable(results: readonly StreamResult[]): string {
  return tableText(["one stream", ""], streamRows(results));
}

function streamRows(results: readonly StreamResult[]): string[][] {
  const of = (value: (result: StreamResult) => number, digits: number) =>
    median(results.map(value)).toFixed(digits);
  const perMb = (cpuSeconds: number, { bytes }: StreamResult) =>
    cpuSeconds * 1_000 / (bytes / 1e6);
  return [
    ["MB/s", of((r) => r.bytes / 1e6 / r.seconds, 1)],
    ["sender CPU, ms/MB", of((r) => perMb(r.senderCpuSeconds, r), 2)],
    ["receiver CPU, ms/MB", of((r) => perMb(r.receiverCpuSeconds, r), 2)],
    ["chat alone p99, ms", of((r) => r.aloneUs.p99 / 1000, 2)],
    ["chat beside it p50, ms", of((r) => r.besideUs.p50 / 1000, 2)],
    ["chat beside it p99, ms", of((r) => r.besideUs.p99 / 1000, 2)],
  ];
}

function storeTable(results: readonly StoreResult[]): string {
  return tableText(["durable messages", ""], storeRows(results));
}

function storeRows(results: readonly StoreResult[]): string[][] {
  const of = (value: (result: StoreResult) => number, digits: number) =>
    median(results.map(value)).toFixed(digits);
  return [
    ["offered/s", of((r) => r.offeredPerSecond, 0)],
    ["stored/s", of((r) => r.storedPerSecond, 0)],
    ["stored p50, ms", of((r) => r.ackUs.p50 / 1000, 2)],
    ["stored p99, ms", of((r) => r.ackUs.p99 / 1000, 2)],
    ["most stored/s", of((r) => r.floodPerSecond, 0)],
    ["SQLite alone/s", of((r) => r.rawPerSecond, 0)],
    ["ours ÷ it", of((r) => r.floodPerSecond / r.rawPerSecond, 2)],
  ];
}

function searchTable(results: readonly SearchResult[]): string {
  return tableText(["a large room", ""], searchRows(results));
}

function searchRows(results: readonly SearchResult[]): string[][] {
  const of = (value: (result: SearchResult) => number, digits: number) =>
    median(results.map(value)).toFixed(digits);
  const times = (what: string, timesOf: (r: SearchResult) => SearchTimes) => [
    [`${what}: answer p50, ms`, of((r) => timesOf(r).answerUs.p50 / 1000, 1)],
    [`${what}: answer p99, ms`, of((r) => timesOf(r).answerUs.p99 / 1000, 1)],
    [`${what}: whole p50, ms`, of((r) => timesOf(r).wholeUs.p50 / 1000, 1)],
    [`${what}: whole p99, ms`, of((r) => timesOf(r).wholeUs.p99 / 1000, 1)],
  ];
  return [
    ["messages", of((r) => r.messages, 0)],
    ["stored and indexed/s", of((r) => r.indexedPerSecond, 0)],
    ["bytes/message", of((r) => r.bytesPerMessage, 0)],
    ...times("as people ask", (r) => r.ordinary),
    ...times("two words never together", (r) => r.neverTogether),
    ...times("eight frequent words", (r) => r.manyWords),
    ["stored beside it p50, ms", of((r) => r.commitBesideUs.p50 / 1000, 2)],
    ["stored beside it p99, ms", of((r) => r.commitBesideUs.p99 / 1000, 2)],
  ];
}

function catchupTable(results: readonly CatchupResult[]): string {
  return tableText(["back after long", ""], catchupRows(results));
}

function catchupRows(results: readonly CatchupResult[]): string[][] {
  const of = (value: (result: CatchupResult) => number, digits: number) =>
    median(results.map(value)).toFixed(digits);
  return [
    ["missed messages", of((r) => r.missed, 0)],
    ["first screen, ms", of((r) => r.screenUs / 1000, 0)],
    ["all of them, ms", of((r) => r.caughtUpUs / 1000, 0)],
    ["messages/s", of((r) => r.missed / (r.caughtUpUs / 1_000_000), 0)],
    ["client before, MiB", of((r) => r.clientBeforeKib / 1024, 0)],
    ["client peak, MiB", of((r) => r.clientPeakKib / 1024, 0)],
    ["server before, MiB", of((r) => r.serverBeforeKib / 1024, 0)],
    ["server peak, MiB", of((r) => r.serverPeakKib / 1024, 0)],
  ];
}

/** Runs of the same, in the order of rows and of first runs. */
function groupsOf(
  results: readonly RoomResult[],
): [RoomResult, ...RoomResult[]][] {
  const groups = new Map<string, [RoomResult, ...RoomResult[]]>();
  for (const { row } of WORKLOADS) {
    for (const result of results.filter((one) => one.row === row)) {
      const key = `${row} ${result.server}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [result]);
      else group.push(result);
    }
  }
  return [...groups.values()];
}

/** Two digits that count. */
function ratioText(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2);
}

function cellOf(column: Column, group: readonly RoomResult[]): string {
  const text = medianOf(column, group).toFixed(column.digits)
    .replace(/\B(?=(\d{3})+$)/g, column.digits === 0 ? "," : "");
  const isNoisy = column.title === "noise" &&
    medianOf(column, group) > MAX_NOISE;
  return isNoisy ? `${text} (noisy)` : text;
}

function medianOf(column: Column, group: readonly RoomResult[]): number {
  return median(group.map(column.value));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[upper]!
    : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

function clientsOf({ row }: RoomResult): number {
  return WORKLOADS.find((workload) => workload.row === row)!.clients;
}

/** Aligned, so that it can be read without a renderer. */
function tableText(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |\n`;
  return line(head) + line(widths.map((width) => "-".repeat(width))) +
    rows.map(line).join("");
}
