import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { logIn, makeWorld } from "./chat_world.ts";
import { drawProfile } from "./network_profile.ts";

const SECOND_US = 1_000_000;

function run(seed: number): void {
  const profile = drawProfile(new Prng(`profile ${seed}`));
  const what = `seed ${seed} ${JSON.stringify(profile)}`;
  const world = makeWorld(seed, { clients: 2, profile });
  const { simulation, clients, prng, server } = world;
  logIn(world, clients, what);
  const texts: string[] = [];
  for (const client of clients) {
    for (let index = 0; index < 20; index++) {
      const text = `${client.name} ${index} ${"x".repeat(prng.below(400))}`;
      texts.push(text);
      simulation.at(
        simulation.nowUs + prng.below(3 * SECOND_US),
        () => client.send(text),
      );
    }
  }
  const isDelivered = () =>
    clients.every((client) => client.room.bySequence.size >= texts.length);
  assert(
    simulation.runUntil(isDelivered, 120 * SECOND_US),
    `${what}: ${clients.map((c) => c.room.bySequence.size)}`,
  );
  // What comes twice would come now.
  simulation.runUntil(() => false, 5 * SECOND_US);
  const orders = clients.map((client) =>
    [...client.room.bySequence].sort(([a], [b]) => a - b)
  );
  assertEquals(orders[0], orders[1], `${what}: both see the same order`);
  assertEquals(
    orders[0]!.map(([sequence]) => sequence),
    texts.map((_, index) => index + 1),
    `${what}: no gap`,
  );
  assertEquals(
    orders[0]!.map(([, text]) => text).sort(),
    texts.toSorted(),
    `${what}: each message once`,
  );
  const stored = server.notices.filter((notice) => notice.type === "message");
  assertEquals(
    stored.length,
    texts.length,
    `${what}: the server shows each message once`,
  );
}

Deno.test("two clients and a server deliver every message once, in one order, on 1,000 seeds of a bad network", () => {
  for (let seed = 1; seed <= 1000; seed++) run(seed);
});
