/**
 * All clients of one workload, in one process. Its argument is a `LoadOrder` as
 * JSON; it prints a `RoomResult` as JSON, what went wrong on standard error, and
 * ends with 1 if anything did.
 *
 * @module
 */

import { loadSodium } from "../lib/crypto/sodium.ts";
import { ClientLoop } from "./client_loop.ts";
import { Histogram } from "./histogram.ts";
import {
  type CpuSeconds,
  readDrops,
  readResidentKib,
  type Sample,
  takeSample,
} from "./proc.ts";
import { FREE_LOGIN, RoomMember } from "./room_member.ts";
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

/** How long all of them may take to come in. */
const JOIN_SECONDS = 90;
/** How long what should not come is waited for. */
const AFTER_SECONDS = 0.1;

async function main(order: LoadOrder): Promise<void> {
  const crypto = await loadSodium();
  const { workload } = order;
  const connect = new Histogram();
  const traffic = new Traffic(
    workload,
    (sender, text) => members[sender]!.send(text),
  );
  const loop = new ClientLoop(order.port, traffic);
  const ports = new Set<number>();
  const members = Array.from({ length: workload.clients }, (_, index) => {
    const member: RoomMember = new RoomMember({
      crypto,
      login: FREE_LOGIN,
      name: `member ${index + 1}`,
      onWelcome: (us) => connect.add(us),
      onEvent: (event) => traffic.handleEvent(index, event),
      onActive: () => loop.activate(member),
      // Those whose receiving makes others send are clients in full.
      ...(index < workload.senders || index === workload.clients - 1
        ? {}
        : { onText: (text) => traffic.handleText(index, text) }),
    });
    ports.add(loop.add(member));
    return member;
  });
  const emptyKib = readResidentKib(order.pid);
  const startMs = performance.now();
  joinAll(loop, { members, connect, port: order.port });
  const joinSeconds = (performance.now() - startMs) / 1000;
  loop.run(workload.idleSeconds);
  const joinedKib = readResidentKib(order.pid);
  const { transport, ...measured } = measure(loop, { traffic, order, ports });
  const missing = Math.max(0, traffic.expected - traffic.deliveries);
  if (missing > 0) traffic.problems.push(`${missing} deliveries are missing`);
  for (const problem of traffic.problems) console.error(problem);
  const wrongDeliveries = traffic.wrong + missing;
  const result: RoomResult = {
    type: "room",
    server: "gas-server",
    row: workload.row,
    ...measured,
    emptyKib,
    joinedKib,
    joinSeconds,
    wrongDeliveries,
    transport: { ...transport, connectUs: connect.percentiles() },
  };
  console.log(JSON.stringify(result));
  Deno.exit(wrongDeliveries === 0 ? 0 : 1);
}

/** Lets everybody in, some at a time. */
function joinAll(loop: ClientLoop, { members, connect, port }: {
  readonly members: readonly RoomMember[];
  /** Counts those who are in. */
  readonly connect: Histogram;
  readonly port: number;
}): void {
  const giveUpMs = performance.now() + JOIN_SECONDS * 1000;
  let started = 0;
  while (connect.total < members.length) {
    while (
      started < members.length && started < connect.total + CONCURRENT_LOGINS
    ) members[started++]!.connect(port);
    const before = connect.total;
    loop.run(JOIN_SECONDS, () => connect.total > before);
    if (performance.now() > giveUpMs) throw new Error("Not all came in");
  }
}

/** Lets them talk, and measures what that costs. */
function measure(loop: ClientLoop, { traffic, order, ports }: {
  readonly traffic: Traffic;
  readonly order: LoadOrder;
  readonly ports: ReadonlySet<number>;
}) {
  const server = new Set([order.port]);
  const drops = () => ({ server: readDrops(server), load: readDrops(ports) });
  const sample = () => ({
    ...counts(traffic),
    drops: drops(),
    sample: takeSample(order.pid),
  });
  traffic.start();
  loop.run(WARM_UP_SECONDS.ours);
  traffic.startWindow();
  const before = sample();
  loop.run(order.seconds);
  const after = sample();
  traffic.stop();
  loop.run(DRAIN_SECONDS, () => traffic.isComplete);
  // One more look, for what comes twice.
  loop.run(AFTER_SECONDS);
  const { transport, ...compared } = compare(before.sample, after.sample);
  return {
    deliveries: after.deliveries - before.deliveries,
    messages: after.messages - before.messages,
    latencyUs: traffic.latency.percentiles(),
    ...compared,
    transport: {
      ...transport,
      droppedDatagrams: {
        server: after.drops.server - before.drops.server,
        load: after.drops.load - before.drops.load,
      },
    },
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

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
