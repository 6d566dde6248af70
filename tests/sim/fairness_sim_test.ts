import { assert } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import type { CongestionControl } from "../../lib/transport/transport_config.ts";
import { Network } from "./network.ts";
import { Peer } from "./peer.ts";
import { Simulation } from "./simulation.ts";

const SECOND_US = 1_000_000;
/** 4 Mbit/s and 20 ms there and back; the queue holds two round trips. */
const BYTES_PER_SECOND = 500_000;
const PROFILE = {
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  corruptPercent: 0,
  delayUs: 10_000,
  jitterUs: 500,
  bytesPerSecond: BYTES_PER_SECOND,
  queueBytes: 20_000,
};
/** What a sender keeps waiting, so that it is never the application that holds back. */
const BACKLOG_BYTES = 150_000;
/** How long the flows have to find their shares, and how long those are measured. */
const SETTLE_US = 15 * SECOND_US;
const MEASURE_US = 15 * SECOND_US;

/** A client that always has something to send to a server of its own. */
interface Flow {
  readonly client: Peer;
  readonly server: Peer;
}

/** Bytes each flow carries in the measured time; the second comes when the first fills the path. */
function shares(
  seed: number,
  controls: readonly [CongestionControl, CongestionControl],
): number[] {
  const prng = new Prng(seed);
  const simulation = new Simulation(new Network(prng.fork(), PROFILE));
  // One cable for both, in each direction.
  simulation.network.linkOf = (_, to) => to.port === 8080 ? "there" : "back";
  const flows = controls.map((congestionControl, index): Flow => {
    const server = new Peer(prng.fork(), true, { congestionControl });
    const client = new Peer(prng.fork(), false, { congestionControl });
    server.address = { hostname: `10.0.${index}.1`, port: 8080 };
    client.address = { hostname: `10.0.${index}.2`, port: 5000 };
    simulation.add(server);
    simulation.add(client);
    const startUs = simulation.nowUs + index * 3 * SECOND_US;
    simulation.at(startUs, () => {
      client.endpoint.connect(server.address, simulation.nowUs);
    });
    const endUs = startUs + SETTLE_US + MEASURE_US + 5 * SECOND_US;
    for (let atUs = startUs; atUs < endUs; atUs += 50_000) {
      simulation.at(atUs, () => refill(client));
    }
    return { client, server };
  });
  simulation.runUntil(() => false, SETTLE_US);
  const before = flows.map(({ server }) => server.stream(0).readBytes);
  simulation.runUntil(() => false, MEASURE_US);
  return flows.map(({ server }, index) =>
    server.stream(0).readBytes - before[index]!
  );
}

function refill(client: Peer): void {
  if (!client.established) return;
  const missing = BACKLOG_BYTES - client.connection!.streams.bufferedBytes(0);
  if (missing > 0) client.write(0, missing);
}

/** Jain's index: 1 if all have the same, 1/n if one has all. */
function fairness(bytes: readonly number[]): number {
  const sum = bytes.reduce((all, each) => all + each, 0);
  const squares = bytes.reduce((all, each) => all + each * each, 0);
  return sum * sum / (bytes.length * squares);
}

function check(
  controls: readonly [CongestionControl, CongestionControl],
  leastFairness: number,
): void {
  const bytes = shares(1, controls);
  const what = `${bytes.join(" and ")} bytes`;
  assert(fairness(bytes) >= leastFairness, what);
  const carried = BYTES_PER_SECOND * MEASURE_US / SECOND_US;
  assert(bytes[0]! + bytes[1]! >= 0.9 * carried, `${what} of ${carried}`);
}

Deno.test("two CUBIC flows share a bottleneck fairly, and fill it", () => {
  check(["cubic", "cubic"], 0.9);
});

Deno.test("two NewReno flows share a bottleneck fairly, and fill it", () => {
  check(["newReno", "newReno"], 0.9);
});

Deno.test("a CUBIC flow leaves a NewReno flow its share", () => {
  check(["cubic", "newReno"], 0.8);
});
