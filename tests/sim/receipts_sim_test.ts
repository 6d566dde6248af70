/**
 * Receipts on bad networks.
 *
 * Goal: at rest the last receipt that an author was told of each of its newest
 * messages says how many others have it and have read it.
 *
 * Method: three clients say something at random times; each reads at random
 * times, and one reads nothing at all. Then nobody says anything for a while.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { MAX_RECEIPT_MESSAGES } from "../../lib/chat/limits.ts";
import { logIn, makeWorld, type SimClient } from "./chat_world.ts";
import { drawProfile } from "./network_profile.ts";

const SECOND_US = 1_000_000;

for (const seed of Array.from({ length: 60 }, (_, i) => i + 1)) {
  Deno.test(`authors are told the truth at rest, seed ${seed}`, () =>
    run(seed));
}

function run(seed: number): void {
  const profile = drawProfile(new Prng(`receipts ${seed}`));
  const world = makeWorld(seed, { clients: 3, profile });
  const { simulation, clients, prng } = world;
  logIn(world, clients, `seed ${seed}`);
  const readers = clients.slice(1);
  for (const client of clients) {
    for (let index = 0; index < 8; index++) {
      const atUs = simulation.nowUs + prng.below(6 * SECOND_US);
      simulation.at(atUs, () => client.send(`${client.name} ${index}`));
    }
  }
  for (const client of readers) {
    for (let index = 0; index < 20; index++) {
      const atUs = simulation.nowUs + prng.below(8 * SECOND_US);
      simulation.at(atUs, () => read(client));
    }
  }
  const isDelivered = () =>
    clients.every((client) => client.room.bySequence.size >= 24);
  assert(simulation.runUntil(isDelivered, 120 * SECOND_US), `seed ${seed}`);
  readers.forEach(read);
  simulation.runUntil(() => false, 60 * SECOND_US);
  for (const client of clients) {
    const isReader = readers.includes(client);
    for (const sequence of client.room.own.slice(-MAX_RECEIPT_MESSAGES)) {
      const truth = { delivered: 2, read: isReader ? 1 : 2, of: 2 };
      assertEquals(lastReceipt(client, sequence), truth, `${sequence}`);
    }
  }
}

function read(client: SimClient): void {
  const newest = Math.max(0, ...client.room.bySequence.keys());
  if (newest > 0) client.markRead(newest);
}

function lastReceipt({ events }: SimClient, wanted: number) {
  const event = events.findLast((event) =>
    event.type === "receipt" && event.sequence === wanted
  );
  if (event?.type !== "receipt") return undefined;
  const { delivered, read, of } = event;
  return { delivered, read, of };
}
