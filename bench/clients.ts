/**
 * All clients of one workload, in one process. Its argument is a `LoadOrder` as
 * JSON; it prints a `RoomResult` as JSON, what went wrong on standard error, and
 * ends with 1 if anything did.
 *
 * @module
 */

import { loadSodium } from "../lib/crypto/sodium.ts";
import { Histogram } from "./histogram.ts";
import {
  type CpuSeconds,
  readDrops,
  readResidentKib,
  type Sample,
  takeSample,
} from "./proc.ts";
import { FREE_LOGIN, RoomClient } from "./room_client.ts";
import { Traffic } from "./traffic.ts";
import {
  CONCURRENT_LOGINS,
  DRAIN_SECONDS,
  type RoomResult,
  WARM_UP_SECONDS,
  type Workload,
} from "./workload.ts";

/** What to do to which server. */
export interface LoadOrder {
  /** The workload. */
  readonly workload: Workload;
  /** The measured window. */
  readonly seconds: number;
  /** The server's process. */
  readonly pid: number;
  /** The server's port on the loopback interface. */
  readonly port: number;
}

/** How often it is looked whether everything has arrived. */
const DRAIN_POLL_MS = 20;

async function main(order: LoadOrder): Promise<void> {
  const crypto = await loadSodium();
  const traffic = new Traffic(
    order.workload,
    (sender, text) => clients[sender]!.send(text),
  );
  const clients = Array.from(
    { length: order.workload.clients },
    (_, index) =>
      new RoomClient({
        crypto,
        login: FREE_LOGIN,
        name: `member ${index + 1}`,
        onEvent: (event) => traffic.handleEvent(index, event),
      }),
  );
  const ports = new Set(clients.map(({ port }) => port));
  const drops = () => ({
    server: readDrops(new Set([order.port])),
    load: readDrops(ports),
  });
  const emptyKib = readResidentKib(order.pid);
  const startMs = performance.now();
  const connect = await joinAll(clients, order.port);
  const joinSeconds = (performance.now() - startMs) / 1000;
  await sleep(order.workload.idleSeconds);
  const joinedKib = readResidentKib(order.pid);
  const before = drops();
  const { transport, ...measured } = await measure(traffic, order);
  const missing = Math.max(0, traffic.expected - traffic.deliveries);
  if (missing > 0) traffic.problems.push(`${missing} deliveries are missing`);
  for (const problem of traffic.problems) console.error(problem);
  const wrongDeliveries = traffic.wrong + missing;
  const after = drops();
  const result: RoomResult = {
    type: "room",
    server: "gas-server",
    row: order.workload.row,
    ...measured,
    emptyKib,
    joinedKib,
    joinSeconds,
    wrongDeliveries,
    transport: {
      ...transport,
      connectUs: connect.percentiles(),
      droppedDatagrams: {
        server: after.server - before.server,
        load: after.load - before.load,
      },
    },
  };
  console.log(JSON.stringify(result));
  Deno.exit(wrongDeliveries === 0 ? 0 : 1);
}

/** Lets everybody in. @returns How long each took. */
async function joinAll(
  clients: readonly RoomClient[],
  port: number,
): Promise<Histogram> {
  const connect = new Histogram();
  let next = 0;
  const joinSome = async () => {
    while (next < clients.length) {
      const client = clients[next++]!;
      connect.add(await client.connect({ hostname: "127.0.0.1", port }));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_LOGINS }, joinSome));
  return connect;
}

/** Lets them talk, and measures what that costs. */
async function measure(traffic: Traffic, { seconds, pid }: LoadOrder) {
  traffic.start();
  await sleep(WARM_UP_SECONDS.ours);
  traffic.startWindow();
  const before = { ...counts(traffic), sample: takeSample(pid) };
  await sleep(seconds);
  const after = { ...counts(traffic), sample: takeSample(pid) };
  traffic.stop();
  const giveUpMs = performance.now() + DRAIN_SECONDS * 1000;
  while (!traffic.isComplete && performance.now() < giveUpMs) {
    await sleep(DRAIN_POLL_MS / 1000);
  }
  // One more look, for what comes twice.
  await sleep(DRAIN_POLL_MS / 1000);
  return {
    deliveries: after.deliveries - before.deliveries,
    messages: after.messages - before.messages,
    latencyUs: traffic.latency.percentiles(),
    ...compare(before.sample, after.sample),
  };
}

function counts({ deliveries, messages }: Traffic) {
  return { deliveries, messages };
}

function compare(before: Sample, after: Sample) {
  const serverSystemSeconds = after.server.system - before.server.system;
  const serverCpuSeconds = total(after.server) - total(before.server);
  const loadCpuSeconds = total(after.load) - total(before.load);
  const othersSeconds = after.busySeconds - before.busySeconds -
    serverCpuSeconds - loadCpuSeconds;
  return {
    seconds: after.at - before.at,
    serverCpuSeconds,
    loadCpuSeconds,
    noiseSeconds: Math.max(0, othersSeconds) + after.stolenSeconds -
      before.stolenSeconds,
    transport: {
      serverSystemSeconds,
      datagrams: after.datagrams - before.datagrams,
    },
  };
}

function total({ user, system }: CpuSeconds): number {
  return user + system;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
