/**
 * A client that was away for long, on a network that loses 30 % each way.
 *
 * Goal: it ends with exactly what it missed, in order, once, though its server
 * and it are killed again and again on the way. The newest page comes before
 * the rest and says what is true.
 *
 * Method: a client that keeps a store sees a room and is killed. Thousands of
 * messages later it starts again from its store, and whoever the case is about
 * is killed whenever a random part more of the room has come.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Prng } from "../../lib/base/prng.ts";
import { US_PER_S } from "../../lib/base/time.ts";
import { MAX_ANSWER_MESSAGES } from "../../lib/chat/limits.ts";
import type { PastMessage } from "../../lib/chat/request.ts";
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import {
  logIn,
  makeWorld,
  SimClient,
  SimServer,
  type World,
} from "./chat_world.ts";
import {
  type Cast,
  checkAcknowledged,
  checkOrder,
  checkPeace,
  checkStates,
  isComplete,
} from "./checkers.ts";
import type { NetworkProfile } from "./network.ts";
import type { SimDisk } from "./sim_log.ts";

const MISSED = 4_000;
/** How much comes between two kills, at most. */
const MAX_STEP = 1_500;
const LIMIT_US = 1_200 * US_PER_S;

const LOSSY: NetworkProfile = {
  lossPercent: 30,
  duplicatePercent: 5,
  reorderPercent: 10,
  corruptPercent: 1,
  delayUs: 10_000,
  jitterUs: 10_000,
};

/** What is said meanwhile; some of it is edited and removed again. */
function talk(prng: Prng, disk: SimDisk): void {
  const first = disk.events.length + 1;
  for (let sequence = first; sequence < first + MISSED; sequence++) {
    const target = first + prng.below(sequence - first + 1);
    const isMessage = disk.events[target - 1]?.act.type === "message";
    const kind = isMessage ? prng.below(16) : 16;
    const text = `client9 ${sequence} ${"x".repeat(prng.below(120))}`;
    const act: Act = kind === 0
      ? { type: "remove", target }
      : kind === 1
      ? { type: "edit", target, text }
      : plainMessage(text);
    const author = { authorKey: "", accountId: 0, author: "Zul" };
    disk.add({ sequence, id: prng.bytes(16), ...author, act, timeMs: 0 });
  }
}

/** What the newest messages are, as they are now. */
function newestOf(disk: SimDisk): { sequence: number; text: string }[] {
  const texts = new Map<number, string>();
  for (const { sequence, act } of disk.events) {
    if (act.type === "message") texts.set(sequence, act.text);
    // The text of a removed message is gone, and that of its edits.
    if (act.type === "edit" && texts.get(act.target) !== "") {
      texts.set(act.target, act.text);
    }
  }
  return Array.from(texts, ([sequence, text]) => ({ sequence, text }))
    .slice(-MAX_ANSWER_MESSAGES);
}

function shown({ sequence, text }: PastMessage) {
  return { sequence, text };
}

/** A room with one client, and the lives of both. */
class Absence {
  readonly world: World;
  readonly cast: Cast;
  /** Newest pages that came before their places. */
  previews = 0;
  readonly #servers: SimServer[];
  readonly #clients: SimClient[];
  readonly #dead: SimClient[] = [];

  constructor(seed: number) {
    const limits = { historyMessages: 100 };
    const options = { profile: LOSSY, limits, keepsStores: true };
    this.world = makeWorld(seed, { clients: 1, ...options });
    const { simulation, disk, server, clients } = this.world;
    this.#servers = [server];
    this.#clients = [...clients];
    this.cast = {
      simulation,
      disk,
      servers: this.#servers,
      clients: this.#clients,
      dead: this.#dead,
    };
  }

  get client(): SimClient {
    return this.#clients[0]!;
  }

  get isComplete(): boolean {
    return isComplete(this.cast);
  }

  /** How much the client knows. */
  get known(): number {
    return this.client.room.bySequence.size;
  }

  /** Goes on until something holds. */
  reach(isDone: () => boolean): void {
    assert(this.world.simulation.runUntil(isDone, LIMIT_US), "it goes on");
  }

  /** The client sees a room, keeps a place in it, and is gone for long. */
  begin(): void {
    const { prng, disk } = this.world;
    const { ownDisk } = this.client.options;
    logIn(this.world, this.#clients, "first");
    for (
      let said = 0;
      ownDisk!.memory.rooms[0]?.place === undefined;
      said++
    ) {
      this.client.send(`client1 ${said}`);
      this.reach(() => this.isComplete);
    }
    talk(prng, disk);
    this.restartServer();
    this.restartClient();
  }

  restartServer(): void {
    const { prng, simulation } = this.world;
    const old = this.#servers.at(-1)!;
    old.kill();
    const { secrets } = old;
    const server = new SimServer(prng.fork(), { ...old.options, secrets });
    this.#servers.push(server);
    simulation.add(server);
  }

  restartClient(): void {
    const { prng, simulation } = this.world;
    const old = this.client;
    simulation.remove(old);
    this.#dead.push(old);
    const { address } = old.options;
    const client = new SimClient(prng.fork(), {
      ...old.options,
      address: { ...address, port: address.port + 1 },
      previous: old,
    });
    this.#clients[0] = client;
    simulation.add(client);
    this.#watch(client);
    logIn(this.world, this.#clients, "again");
  }

  /** Counts pages that come before their places, and checks each. */
  #watch(client: SimClient): void {
    const { disk } = this.world;
    let isFetching = false;
    client.onTold = (event) => {
      if (event.type !== "catchUp") return;
      assertEquals(isFetching, event.stage !== "begun", event.stage);
      isFetching = event.stage !== "done";
      if (event.stage !== "preview") return;
      const expected = newestOf(disk);
      assertEquals(event.messages.map(shown), expected);
      if (client.room.lastSequence < expected[0]!.sequence) this.previews++;
    };
  }
}

for (
  const [seed, victims] of [
    [31, ["server"]],
    [32, ["client"]],
    [33, ["server", "client"]],
    [34, []],
  ] as const
) {
  const who = victims.join(" and ") || "nobody";
  Deno.test(`who was away for ${MISSED} messages gets each once while killed is: ${who} (seed ${seed})`, () => {
    const absence = new Absence(seed);
    const { cast, world: { disk, prng, simulation } } = absence;
    absence.begin();
    let kills = 0;
    while (!absence.isComplete) {
      const next = absence.known + 1 + prng.below(MAX_STEP);
      absence.reach(() => absence.known >= next || absence.isComplete);
      const victim = victims[prng.below(Math.max(1, victims.length))];
      if (victim === undefined || absence.isComplete) continue;
      kills++;
      if (victim === "server") absence.restartServer();
      else absence.restartClient();
    }
    absence.client.send("client1 1000");
    absence.reach(() => absence.isComplete);
    simulation.runUntil(() => false, 5 * US_PER_S);
    checkOrder(cast);
    checkAcknowledged(cast);
    checkStates(cast);
    checkPeace(cast);
    assert(disk.events.length > MISSED);
    assertEquals(absence.known, disk.events.length);
    assert(victims.length === 0 || kills > 1, `${kills} kills`);
    assert(absence.previews > 0, "the newest page comes first");
  });
}
