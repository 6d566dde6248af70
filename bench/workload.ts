/**
 * What is measured and what a measurement is: the same for our server and for
 * the servers beside it.
 *
 * @module
 */

/** How messages are sent. */
export type Load =
  /** At fixed times, whatever comes back. */
  | { readonly type: "paced"; readonly messagesPerSecond: number }
  /**
   * As fast as they come back: a sender has so many messages under way, and
   * sends the next when the last client has received one.
   */
  | { readonly type: "closedLoop"; readonly window: number };

/** A full room and its traffic. */
export interface Workload {
  /** How tables name it. */
  readonly row: string;
  /** What it is, for people. */
  readonly title: string;
  /** Clients in the one room. */
  readonly clients: number;
  /** The first so many of them send. */
  readonly senders: number;
  /** How they send. */
  readonly load: Load;
  /** How long everybody is silent before memory is read, in seconds. */
  readonly idleSeconds: number;
}

/** The rows of the table. */
export const WORKLOADS: readonly Workload[] = [
  {
    row: "a",
    title: "50 clients, 200 messages/s paced",
    clients: 50,
    senders: 1,
    load: { type: "paced", messagesPerSecond: 200 },
    idleSeconds: 1,
  },
  {
    row: "b",
    title: "100 clients, 10 senders in a closed loop, window 8",
    clients: 100,
    senders: 10,
    load: { type: "closedLoop", window: 8 },
    idleSeconds: 1,
  },
  {
    row: "c",
    title: "500 clients, 10 senders in a closed loop, window 8",
    clients: 500,
    senders: 10,
    load: { type: "closedLoop", window: 8 },
    idleSeconds: 1,
  },
  {
    row: "d",
    title: "1,000 clients idle, then 20 messages/s paced",
    clients: 1_000,
    senders: 1,
    load: { type: "paced", messagesPerSecond: 20 },
    idleSeconds: 6,
  },
];

/** A line of talk, and what the load generator for other servers sends. */
export const MESSAGE_BYTES = 100;
/** How every text begins. */
export const TEXT_MARK = "@F";
/**
 * Traffic before the measured window, in seconds. A server runs for hours, so
 * its compiler is given the time to finish; machine code has no use for it.
 */
export const WARM_UP_SECONDS = { ours: 3, peers: 1 } as const;
/** Clients of ours that come in at the same time. */
export const CONCURRENT_LOGINS = 16;
/** How long after the last message everything may take to arrive. */
export const DRAIN_SECONDS = 20;

/** Times of many events, in microseconds. */
export interface Percentiles {
  /** The median. */
  readonly p50: number;
  /** One in a hundred takes longer. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
}

/** What one run of one workload against one server gave. */
export interface RoomResult {
  /** Which figures these are. */
  readonly type: "room";
  /** The server. */
  readonly server: string;
  /** The workload's row. */
  readonly row: string;
  /** The measured window. */
  readonly seconds: number;
  /** Messages that receivers got in the window; N - 1 for each sent. */
  readonly deliveries: number;
  /** Messages sent in the window. */
  readonly messages: number;
  /** From the sender's call to each receiver's event. */
  readonly latencyUs: Percentiles;
  /** User and system time of the server process in the window. */
  readonly serverCpuSeconds: number;
  /** The same of the process that is all clients. */
  readonly loadCpuSeconds: number;
  /** Time other processes took on these processors, and the hypervisor. */
  readonly noiseSeconds: number;
  /** Resident memory of the server before the first client. */
  readonly emptyKib: number;
  /** And when all clients were there and had been silent. */
  readonly joinedKib: number;
  /** From the first client's start to the last one's welcome. */
  readonly joinSeconds: number;
  /** Deliveries that never came, came twice, or overtook another. */
  readonly wrongDeliveries: number;
  /** Only of our server. */
  readonly transport?: TransportFigures;
}

/** What only our own processes can tell. */
export interface TransportFigures {
  /** How much of the server's time was spent in the kernel. */
  readonly serverSystemSeconds: number;
  /** First Hello to welcome, while {@linkcode CONCURRENT_LOGINS} come in. */
  readonly connectUs: Percentiles;
  /** Datagrams lost because a receive buffer was full. */
  readonly droppedDatagrams: { readonly server: number; readonly load: number };
  /** Datagrams of the whole machine in the window, ours for the most part. */
  readonly datagrams: number;
}

/** How long programs take to start and people to come in. */
export interface EntryResult {
  /** Which figures these are. */
  readonly type: "entry";
  /** From the start of `server.ts` to its first line, five starts. */
  readonly startUs: Percentiles;
  /** From the first Hello to the welcome, with the password, one by one. */
  readonly connectUs: Percentiles;
  /** Processor time of the server for each of these. */
  readonly serverCpuUsPerLogin: number;
  /** Resident memory of `server.ts` before the first client. */
  readonly emptyKib: number;
}

/** What one stream carries, and what chat feels of it. */
export interface StreamResult {
  /** Which figures these are. */
  readonly type: "stream";
  /** Bytes that were acknowledged. */
  readonly bytes: number;
  /** How long that took. */
  readonly seconds: number;
  /** Processor time of the side that sent. */
  readonly senderCpuSeconds: number;
  /** And of the side that received. */
  readonly receiverCpuSeconds: number;
  /** From write to read of short messages on stream 0, alone. */
  readonly aloneUs: Percentiles;
  /** The same while the other stream was full. */
  readonly besideUs: Percentiles;
  /** Bytes and messages that came wrong, or not at all. */
  readonly wrong: number;
}

/** How fast messages are made durable. */
export interface StoreResult {
  /** Which figures these are. */
  readonly type: "store";
  /** How long each part was measured. */
  readonly seconds: number;
  /** Messages a second that were to be stored. */
  readonly offeredPerSecond: number;
  /** And how many were. */
  readonly storedPerSecond: number;
  /** From the call to the answer that it is on the disk. */
  readonly ackUs: Percentiles;
  /** Messages a second when as many wait as may. */
  readonly floodPerSecond: number;
  /** The same groups by SQLite alone, in one thread. */
  readonly rawPerSecond: number;
}

/** How long a search takes. */
export interface SearchTimes {
  /** Until the first answer: all there is, or how far the server has looked. */
  readonly answerUs: Percentiles;
  /** Until there is nothing left to look at. */
  readonly wholeUs: Percentiles;
}

/** How fast something is found in a large room. */
export interface SearchResult {
  /** Which figures these are. */
  readonly type: "search";
  /** How many messages there are. */
  readonly messages: number;
  /** Messages a second that were stored and indexed, in one thread. */
  readonly indexedPerSecond: number;
  /** What one takes on the disk, with the index. */
  readonly bytesPerMessage: number;
  /** From the question to the store, as people ask. */
  readonly ordinary: SearchTimes;
  /** The same for two frequent words that are never together. */
  readonly neverTogether: SearchTimes;
  /** The same for as many frequent words as there may be. */
  readonly manyWords: SearchTimes;
  /** From an append to the answer that it is on the disk, beside a long one. */
  readonly commitBesideUs: Percentiles;
}

/** What it takes to come back after long. */
export interface CatchupResult {
  /** Which figures these are. */
  readonly type: "catchup";
  /** How many messages a client had missed. */
  readonly missed: number;
  /** From its welcome until a face has the newest page of them. */
  readonly screenUs: number;
  /** And until it has had all. */
  readonly caughtUpUs: number;
  /** The most resident memory of the client process before that. */
  readonly clientBeforeKib: number;
  /** And until then. */
  readonly clientPeakKib: number;
  /** The same of the server process. */
  readonly serverBeforeKib: number;
  /** And until then. */
  readonly serverPeakKib: number;
}

/** Any line of the benchmark's output. */
export type BenchResult =
  | RoomResult
  | EntryResult
  | StreamResult
  | StoreResult
  | SearchResult
  | CatchupResult;
