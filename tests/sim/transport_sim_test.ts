import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { Network } from "./network.ts";
import { drawProfile } from "./network_profile.ts";
import { Peer, SERVER } from "./peer.ts";
import { Simulation } from "./simulation.ts";

function run(seed: number): void {
  const prng = new Prng(seed);
  const profile = drawProfile(prng);
  const simulation = new Simulation(new Network(prng.fork(), profile));
  const server = new Peer(prng.fork(), true);
  const client = new Peer(prng.fork(), false);
  simulation.add(server);
  simulation.add(client);
  client.endpoint.connect(SERVER, simulation.nowUs);
  const what = `seed ${seed} ${JSON.stringify(profile)}`;
  const isSettled = () =>
    (client.established && server.established) || client.closed !== undefined;
  assert(simulation.runUntil(isSettled, 30_000_000), what);
  // Six seconds without an answer may happen at 30 % loss both ways; a person would try again.
  if (client.closed !== undefined) {
    assertEquals(client.closed.type, "silent", what);
    return;
  }
  for (const peer of [client, server]) {
    for (let message = 0; message < 20; message++) {
      const length = prng.between(1, 300);
      const timeUs = simulation.nowUs + prng.below(2_000_000);
      simulation.at(timeUs, () => peer.write(0, length));
    }
  }
  simulation.runUntil(() => false, 2_000_000);
  const hasAll = (to: Peer, from: Peer) =>
    to.stream(0).readBytes === from.stream(0).writtenBytes;
  const isDone = () => hasAll(server, client) && hasAll(client, server);
  assert(simulation.runUntil(isDone, 60_000_000), `${what}: not all arrives`);
  simulation.runUntil(() => false, 5_000_000);
  assert(isDone(), `${what}: something came twice`);
}

Deno.test("the simulation delivers everything exactly once and in order on 1,000 seeds with up to 30 % loss", () => {
  for (let seed = 1; seed <= 1000; seed++) run(seed);
});
