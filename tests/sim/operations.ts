/**
 * Random operations on both ends of a connection, and what must hold after
 * any of them. The lists are data, so that one that fails can be printed and
 * shortened by hand into a named test.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { US_PER_MS, US_PER_S } from "../../lib/base/time.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  type TransportConfig,
} from "../../lib/transport/transport_config.ts";
import { type Fate, Network } from "./network.ts";
import { Peer, type PeerStream, SERVER } from "./peer.ts";
import { Simulation } from "./simulation.ts";

/** Who does it: the client, or the server. */
type Who = 0 | 1;

/** One operation. `stream` counts through the streams that side knows. */
export type Operation =
  | { readonly type: "open"; readonly who: Who; readonly priority: number }
  | {
    readonly type: "write";
    readonly who: Who;
    readonly stream: number;
    readonly bytes: number;
  }
  | {
    readonly type: "finish" | "reset" | "stop";
    readonly who: Who;
    readonly stream: number;
  }
  | { readonly type: "datagram"; readonly who: Who; readonly bytes: number }
  | { readonly type: "reads"; readonly who: Who; readonly reads: boolean }
  | { readonly type: "probe"; readonly who: Who }
  /** What happens to the next datagrams, whoever sends them. */
  | { readonly type: "fates"; readonly fates: readonly Fate[] }
  | { readonly type: "move"; readonly keepsOld: boolean }
  | { readonly type: "advance"; readonly us: number };

/** A pair with limits that are met often, and keys that change often. */
export interface OperationsCase {
  readonly config: Partial<TransportConfig>;
  readonly delayUs: number;
  readonly operations: readonly Operation[];
}

/** Virtual time within which everything is as it should be, once nothing is done any more. */
const RECOVERY_US = 60 * US_PER_S;
const DATAGRAM_LIFE_US = US_PER_S;

/** Draws a case. */
export function drawOperations(seed: number): OperationsCase {
  const prng = new Prng(`operations ${seed}`);
  const isTight = prng.ratio(1, 2);
  const config = {
    ...(isTight
      ? { maxData: 20_000, maxStreamData: 6_000, maxStreams: 4 }
      : {}),
    ...(prng.ratio(1, 2) ? { keyUpdatePackets: prng.between(1, 40) } : {}),
  };
  const operations = Array.from(
    { length: prng.between(5, 100) },
    () => drawOperation(prng),
  );
  const delayUs = prng.between(100, 60_000);
  return { config, delayUs, operations };
}

const FATES: readonly Fate[] = ["pass", "drop", "twice", "late", "damage"];

function drawOperation(prng: Prng): Operation {
  const who = prng.below(2) as Who;
  const stream = prng.below(6);
  const kind = prng.below(16);
  if (kind < 2) return { type: "open", who, priority: prng.below(16) };
  if (kind < 6) {
    const bytes = 1 + prng.below(1 << prng.between(1, 14));
    return { type: "write", who, stream, bytes };
  }
  if (kind === 6) return { type: "finish", who, stream };
  if (kind === 7) {
    return { type: prng.ratio(1, 2) ? "reset" : "stop", who, stream };
  }
  if (kind === 8) return { type: "datagram", who, bytes: prng.below(1001) };
  if (kind === 9) return { type: "reads", who, reads: prng.ratio(1, 2) };
  if (kind === 10) return { type: "probe", who };
  if (kind === 11) return { type: "move", keepsOld: prng.ratio(1, 2) };
  if (kind < 14) {
    const fates = Array.from(
      { length: prng.between(1, 8) },
      () => FATES[prng.below(FATES.length)]!,
    );
    return { type: "fates", fates };
  }
  const longest = prng.ratio(1, 8) ? 25 * US_PER_S : 300 * US_PER_MS;
  return { type: "advance", us: prng.below(longest) };
}

/**
 * Runs a case, lets the pair come to rest, and checks it.
 *
 * @throws {Error} If something does not hold.
 */
export function runOperations(
  seed: number,
  { config, delayUs, operations }: OperationsCase,
): void {
  const prng = new Prng(seed);
  const profile = {
    lossPercent: 0,
    duplicatePercent: 0,
    reorderPercent: 0,
    corruptPercent: 0,
    delayUs,
    jitterUs: 0,
  };
  const simulation = new Simulation(new Network(prng.fork(), profile));
  const server = new Peer(prng.fork(), true, config);
  const client = new Peer(prng.fork(), false, config);
  simulation.add(server);
  simulation.add(client);
  client.endpoint.connect(SERVER, simulation.nowUs);
  const isOpen = () => client.established && server.established;
  assert(simulation.runUntil(isOpen, 5 * US_PER_S), "the login works");
  let moves = 0;
  for (const operation of operations) {
    if (operation.type === "move") {
      const address = { hostname: "10.0.0.3", port: 5000 + moves++ };
      simulation.move(client, address, operation);
    } else apply(operation, simulation, [client, server]);
  }
  simulation.network.fates.length = 0;
  for (const peer of [client, server]) {
    peer.reads = true;
    peer.readAll();
  }
  settle(simulation, client, server);
  checkClose(
    simulation,
    prng.ratio(1, 2) ? [client, server] : [server, client],
  );
}

function apply(
  operation: Exclude<Operation, { type: "move" }>,
  simulation: Simulation,
  peers: readonly [Peer, Peer],
): void {
  if (operation.type === "advance") {
    simulation.runUntil(() => false, operation.us);
    return;
  }
  if (operation.type === "fates") {
    simulation.network.fates.push(...operation.fates);
    return;
  }
  const peer = peers[operation.who]!;
  const { streams } = peer.connection!;
  switch (operation.type) {
    case "open": {
      const streamId = streams.open(operation.priority);
      if (streamId !== undefined) peer.stream(streamId);
      return;
    }
    case "datagram": {
      const expiresUs = simulation.nowUs + DATAGRAM_LIFE_US;
      const bytes = new Uint8Array(operation.bytes);
      peer.connection!.sendDatagram(bytes, expiresUs);
      return;
    }
    case "reads":
      peer.reads = operation.reads;
      if (peer.reads) peer.readAll();
      return;
    case "probe":
      peer.connection!.probe();
      return;
    case "write":
    case "finish":
    case "reset":
    case "stop":
      applyToStream(operation, peer);
      return;
  }
}

function applyToStream(
  operation: Extract<Operation, { stream: number }>,
  peer: Peer,
): void {
  const ids = [...peer.streams.keys()];
  const streamId = ids[operation.stream % ids.length]!;
  const stream = peer.stream(streamId);
  const { streams } = peer.connection!;
  switch (operation.type) {
    case "write":
      peer.write(streamId, operation.bytes);
      return;
    case "finish":
      if (!isCutOff(stream)) stream.isFinished = true;
      streams.finish(streamId);
      return;
    case "reset":
      // What arrived in full cannot be cut off any more; either is right.
      stream.isReset = true;
      streams.reset(streamId, 1);
      return;
    case "stop":
      stream.isStopped = true;
      streams.stop(streamId, 2);
      return;
  }
}

function isCutOff(stream: PeerStream): boolean {
  return stream.isReset || stream.sawStop;
}

/** Everything arrives that was not cut off; credit is back; then there is silence. */
function settle(simulation: Simulation, client: Peer, server: Peer): void {
  const halves = [[client, server], [server, client]] as const;
  const isDone = () => halves.every(([from, to]) => hasArrived(from, to));
  const inTime = simulation.runUntil(isDone, RECOVERY_US);
  const state = () =>
    halves.map(([from]) => JSON.stringify([...from.streams])).join("\n");
  for (const { closed } of [client, server]) {
    assertEquals(closed, undefined, "the connection lives");
  }
  assert(inTime, `not all arrives: ${state()}`);
  simulation.runUntil(() => false, 20 * US_PER_S);
  assert(isDone(), "something came twice");
  for (const [from, to] of halves) checkCredit(from, to);
  const before = simulation.network.sentDatagrams;
  simulation.runUntil(() => false, 40 * US_PER_S);
  const { keepAliveUs } = DEFAULT_TRANSPORT_CONFIG;
  const exchanges = Math.ceil(40 * US_PER_S / keepAliveUs) + 1;
  const sent = simulation.network.sentDatagrams - before;
  assert(sent <= 2 * exchanges, `${sent} datagrams at rest`);
}

function hasArrived(from: Peer, to: Peer): boolean {
  return [...from.streams].every(([streamId, half]) => {
    const other = to.streams.get(streamId);
    // Opened, but nothing was ever said on it.
    if (other === undefined) return half.writtenBytes === 0;
    if (other.isStopped || isCutOff(half)) {
      return other.readBytes <= half.writtenBytes;
    }
    return other.readBytes === half.writtenBytes &&
      (!half.isFinished || to.connection!.streams.isFinished(streamId));
  });
}

function checkCredit(from: Peer, to: Peer): void {
  const [sender, receiver] = [from.connection!.streams, to.connection!.streams];
  assertEquals(sender.set.sentBytes, receiver.set.receivedBytes, "sent");
  assertEquals(sender.set.sentBytes, receiver.set.readBytes, "read");
  const { maxDataToReceive, dataCredit } = receiver.set;
  assert(sender.set.maxDataToSend <= maxDataToReceive, "credit given");
  assert(!receiver.set.owesMaxData, "credit is back");
  assert(!receiver.set.owesMaxStreams, "streams are back");
  assert(dataCredit >= maxDataToReceive, "credit only grows");
  for (const [streamId, half] of from.streams) {
    const other = to.streams.get(streamId);
    if (other === undefined) continue;
    const isOver = isOverAt(half, other) && isOverAt(other, half);
    const isKept = sender.set.get(streamId) !== undefined;
    assertEquals(isKept, !isOver, `stream ${streamId} is kept`);
    assertEquals(sender.bufferedBytes(streamId), 0, "bytes kept");
  }
}

/** The half that `half` writes and `other` reads needs nothing any more. */
function isOverAt(half: PeerStream, other: PeerStream): boolean {
  return half.isFinished || half.isReset || half.sawStop || other.isStopped;
}

/** A close is told; both ends forget the connection. */
function checkClose(
  simulation: Simulation,
  [closer, other]: readonly [Peer, Peer],
): void {
  closer.connection!.close(4, "done", simulation.nowUs);
  simulation.runUntil(() => false, 10 * US_PER_S);
  const told = { type: "application", code: 4, reason: "done" } as const;
  assertEquals(other.closed, told);
  for (const { endpoint } of [closer, other]) {
    assertEquals(endpoint.size, 0, "a closed connection is forgotten");
  }
  // Outdated timers are skipped when their time comes.
  simulation.runUntil(() => false, 60 * US_PER_S);
  for (const { endpoint } of [closer, other]) {
    assertEquals(endpoint.deadlineUs, undefined, "and its timers");
  }
}
