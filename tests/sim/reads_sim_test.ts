/**
 * What people read on several devices, on bad networks.
 *
 * Goal: at rest every device of a person knows as much as any other of what was
 * read.
 *
 * Method: two persons with two devices each say something and read at random
 * times, on any of their devices. In every other run the server is killed
 * meanwhile. Then nobody does anything for a while.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { logIn, makeWorld, SimClient, SimServer } from "./chat_world.ts";
import { drawProfile } from "./network_profile.ts";

const SECOND_US = 1_000_000;
const MESSAGES = 24;

for (const seed of Array.from({ length: 40 }, (_, i) => i + 1)) {
  Deno.test(`what is read on one device is read on all, seed ${seed}`, () =>
    run(seed));
}

function run(seed: number): void {
  const profile = drawProfile(new Prng(`reads ${seed}`));
  const world = makeWorld(seed, { clients: 2, members: 2, profile });
  const { simulation, clients, prng } = world;
  const persons = clients.map((client, index): Reader[] => {
    const address = { hostname: `10.0.2.${index + 1}`, port: 5000 };
    const other = new SimClient(prng.fork(), { ...client.options, address });
    simulation.add(other);
    return [new Reader(client), new Reader(other)];
  });
  const readers = persons.flat();
  logIn(world, readers.map(({ client }) => client), `seed ${seed}`);
  for (let index = 0; index < MESSAGES; index++) {
    const { client } = readers[prng.below(readers.length)]!;
    const atUs = simulation.nowUs + prng.below(10 * SECOND_US);
    simulation.at(atUs, () => client.send(`text ${index}`));
  }
  for (let index = 0; index < 20; index++) {
    const reader = readers[prng.below(readers.length)]!;
    const atUs = simulation.nowUs + prng.below(12 * SECOND_US);
    simulation.at(atUs, () => reader.read());
  }
  const { server } = world;
  if (seed % 2 === 0) {
    simulation.at(simulation.nowUs + 5 * SECOND_US, () => {
      server.kill();
      const { secrets, options } = server;
      simulation.add(new SimServer(prng.fork(), { ...options, secrets }));
    });
  }
  const isDelivered = () =>
    readers.every(({ client }) => client.room.bySequence.size >= MESSAGES);
  assert(simulation.runUntil(isDelivered, 300 * SECOND_US), `seed ${seed}`);
  simulation.runUntil(() => false, 60 * SECOND_US);
  for (const devices of persons) {
    const read = Math.max(...devices.map(({ known }) => known));
    assertEquals(devices.map(({ known }) => known), [read, read]);
  }
  assert(readers.some(({ known }) => known > 0), "somebody has read something");
}

/** Somebody at a device. */
class Reader {
  readonly client: SimClient;
  #read = 0;

  constructor(client: SimClient) {
    this.client = client;
  }

  /** Reads the newest message of others. */
  read(): void {
    for (const event of this.client.events) {
      if (event.type !== "message" || event.own) continue;
      if (event.delivery.state !== "stored") continue;
      this.#read = Math.max(this.#read, event.delivery.sequence);
    }
    if (this.#read > 0) this.client.markRead(this.#read);
  }

  /** What is read as far as this device knows. */
  get known(): number {
    let known = this.#read;
    for (const event of this.client.events) {
      if (event.type !== "welcome" && event.type !== "read") continue;
      known = Math.max(known, event.readSequence);
    }
    return known;
  }
}
