import { assert } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { US_PER_S } from "../../lib/base/time.ts";
import type { Address } from "../../lib/transport/address.ts";
import { drawAct } from "./draw_act.ts";
import { Amplification } from "./amplification.ts";
import { logIn, makeWorld, SimClient, SimServer } from "./chat_world.ts";
import {
  type Cast,
  checkAcknowledged,
  checkIdle,
  checkOrder,
  checkPeace,
  checkRest,
  checkStates,
  isComplete,
} from "./checkers.ts";
import { calm } from "./network_profile.ts";
import type { SimDisk } from "./sim_log.ts";
import { RoomErrands } from "./room_errands.ts";
import type { Node, Simulation } from "./simulation.ts";
import { drawSwarm, type Fault, type SwarmOptions } from "./swarm_options.ts";

/** Virtual time within which everybody has everything, once the faults are over. */
export const RECOVERY_US: number = 60 * US_PER_S;
/** Longer than any connection that nobody answers lives on. */
const REST_US = 45 * US_PER_S;
/** A person tries again so long after a login was refused. */
const LOGIN_RETRY_US = US_PER_S;
/** Where nobody is. */
const VICTIM: Address = { hostname: "10.9.9.9", port: 9 };

/**
 * Draws a run from its seed, lets everything go wrong that was drawn, and asks every checker.
 *
 * @param seed Repeats the run to the byte.
 * @param preset A network to be in, whatever the seed says.
 * @throws {Error} If a checker finds something; its message has seed and options.
 */
export function runSwarm(seed: number, preset?: string): void {
  const options = drawSwarm(new Prng(`swarm ${seed}`), seed, preset);
  try {
    new Swarm(options).run();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const options_ = JSON.stringify(options);
    throw new Error(`${what}\n${options_}`, { cause: error });
  }
}

/** One run. */
class Swarm {
  readonly #options: SwarmOptions;
  readonly #prng: Prng;
  readonly #simulation: Simulation;
  readonly #amplification: Amplification;
  readonly #disk: SimDisk;
  readonly #servers: SimServer[];
  readonly #clients: SimClient[];
  readonly #dead: SimClient[] = [];
  readonly #acts: Prng;
  /** What the living clients want of rooms. */
  readonly #errands = new Map<SimClient, RoomErrands>();
  readonly #writes = new Map<string, number>();
  #moves = 0;

  constructor(options: SwarmOptions) {
    this.#options = options;
    const { seed, historyMessages } = options;
    const world = makeWorld(seed, { ...options, limits: { historyMessages } });
    this.#prng = world.prng;
    this.#acts = new Prng(`acts ${seed}`);
    this.#simulation = world.simulation;
    this.#disk = world.disk;
    this.#disk.maxLatencyUs = options.diskLatencyUs;
    this.#servers = [world.server];
    this.#clients = [...world.clients];
    for (const client of this.#clients) this.#addErrands(client);
    this.#amplification = new Amplification(world.server.address);
    this.#amplification.addNobody(VICTIM);
    this.#simulation.network.observer = this.#amplification;
  }

  get #cast(): Cast {
    return {
      simulation: this.#simulation,
      disk: this.#disk,
      servers: this.#servers,
      clients: this.#clients,
      dead: this.#dead,
    };
  }

  run(): void {
    const simulation = this.#simulation;
    logIn({ simulation }, this.#clients, "login");
    const startUs = simulation.nowUs;
    for (const fault of this.#options.faults) {
      simulation.at(startUs + fault.atUs, () => this.#begin(fault));
    }
    this.#planWriting();
    this.#planErrands();
    const endUs = Math.max(
      this.#options.activeUs,
      ...this.#options.faults.map(({ atUs, durationUs }) => atUs + durationUs),
    );
    simulation.runUntil(() => false, endUs + 1);
    this.#settle();
    checkOrder(this.#cast);
    checkAcknowledged(this.#cast);
    checkStates(this.#cast);
    checkPeace(this.#cast);
    simulation.runUntil(() => false, REST_US);
    checkRest(this.#cast);
    checkIdle(this.#cast);
    // What comes twice would have come by now.
    checkOrder(this.#cast);
    checkPeace(this.#cast);
  }

  #planWriting(): void {
    const { activeUs, clients, messagesPerClient } = this.#options;
    const total = clients * messagesPerClient;
    for (let index = 0; index < total; index++) {
      const timeUs = this.#simulation.nowUs + this.#prng.below(activeUs);
      const padding = "x".repeat(this.#prng.below(400));
      this.#simulation.at(timeUs, () => {
        const client = this.#clients[index % clients]!;
        if (this.#simulation.isAsleep(client)) return;
        const count = this.#writes.get(client.name) ?? 0;
        this.#writes.set(client.name, count + 1);
        const text = `${client.name} ${count} ${padding}`;
        const rooms = Array.from(client.rooms.values());
        const side = rooms[this.#acts.below(rooms.length)]!;
        client.act(drawAct(this.#acts, side, text), side.roomId);
      });
    }
  }

  #planErrands(): void {
    const { activeUs, clients, errandsPerClient } = this.#options;
    const names = this.#clients.map(({ name }) => name);
    for (let index = 0; index < clients * errandsPerClient; index++) {
      const timeUs = this.#simulation.nowUs + this.#prng.below(activeUs);
      this.#simulation.at(timeUs, () => {
        const client = this.#clients[index % clients]!;
        if (this.#simulation.isAsleep(client)) return;
        this.#errands.get(client)!.ask(this.#acts, names);
      });
    }
  }

  #addErrands(client: SimClient): void {
    this.#errands.set(client, new RoomErrands(client, this.#disk));
  }

  get #isComplete(): boolean {
    const errands = this.#clients.map((client) => this.#errands.get(client)!);
    return errands.every(({ isSettled }) => isSettled) &&
      isComplete(this.#cast);
  }

  /** The faults are over: from now on it must not take long. */
  #settle(): void {
    const simulation = this.#simulation;
    simulation.network.heal();
    simulation.network.profile = calm(this.#options.profile);
    const untilUs = simulation.nowUs + RECOVERY_US;
    while (simulation.nowUs < untilUs) {
      simulation.runUntil(() => false, US_PER_S);
      if (this.#isComplete) return;
    }
    const states = this.#clients.map((client) => ({
      name: client.name,
      isInRoom: client.isInRoom,
      isOut: client.isOut,
      isSettled: this.#errands.get(client)!.isSettled,
      belongsTo: this.#disk.roomsOf(client.person),
      rooms: Array.from(client.rooms.values(), (side) => ({
        roomId: side.roomId,
        isComplete: side.isComplete,
        knows: side.lastSequence,
        of: this.#disk.eventsOf(side.roomId).length,
        stored: side.stored.length,
        written: side.promised.length,
      })),
    }));
    assert(false, `not complete in time: ${JSON.stringify(states)}`);
  }

  #begin(fault: Fault): void {
    const { network, nowUs } = this.#simulation;
    const at = (run: () => void) =>
      this.#simulation.at(nowUs + fault.durationUs, run);
    switch (fault.type) {
      case "partition": {
        const { address } = this.#node(fault.node);
        const directions = fault.direction === "both"
          ? ["from", "to"] as const
          : [fault.direction];
        for (const direction of directions) {
          network.setCut(address, direction, true);
          at(() => network.setCut(address, direction, false));
        }
        return;
      }
      case "move":
        this.#move(this.#clients[fault.node]!, fault);
        return;
      case "restart":
        if (fault.node < 0) this.#restartServer(at);
        else this.#restartClient(fault.node, at);
        return;
      case "sleep": {
        const node = this.#node(fault.node);
        if (!this.#simulation.nodes.includes(node)) return;
        this.#simulation.sleep(node, fault);
        at(() => this.#simulation.wake(node));
        return;
      }
      case "storm":
        network.profile = {
          ...this.#options.profile,
          duplicatePercent: 100,
          copies: fault.copies,
        };
        at(() => network.profile = this.#options.profile);
        return;
      case "spoof": {
        const to = this.#servers[0]!.address;
        network.spoofer = { percent: fault.percent, to, victim: VICTIM };
        at(() => network.spoofer = undefined);
        return;
      }
      case "drop": {
        const client = this.#clients[fault.node]!;
        if (this.#simulation.isAsleep(client)) return;
        client.connection?.evict();
        return;
      }
      case "full":
        this.#disk.isFull = true;
        at(() => this.#disk.isFull = false);
        return;
    }
  }

  #node(index: number): Node {
    return index < 0 ? this.#servers.at(-1)! : this.#clients[index]!;
  }

  #move(
    client: SimClient,
    options: { toPort: boolean; keepsOld: boolean },
  ): void {
    if (!this.#simulation.nodes.includes(client)) return;
    const { hostname } = client.address;
    const address = options.toPort
      ? { hostname, port: 6000 + this.#moves }
      : { hostname: `10.1.0.${this.#moves + 1}`, port: 5000 };
    this.#moves++;
    this.#simulation.move(client, address, options);
  }

  #restartServer(at: (run: () => void) => void): void {
    const old = this.#servers.at(-1)!;
    if (!this.#simulation.nodes.includes(old)) return;
    old.kill();
    at(() => {
      const { secrets } = old;
      const options = { ...old.options, secrets };
      const server = new SimServer(this.#prng.fork(), options);
      this.#servers.push(server);
      this.#simulation.add(server);
    });
  }

  #restartClient(index: number, at: (run: () => void) => void): void {
    const old = this.#clients[index]!;
    if (!this.#simulation.nodes.includes(old)) return;
    this.#simulation.remove(old);
    at(() => {
      const client = new SimClient(this.#prng.fork(), {
        ...old.options,
        address: { ...old.address, port: old.address.port + 1 },
        previous: old,
      });
      this.#addErrands(client);
      this.#dead.push(old);
      this.#clients[index] = client;
      this.#simulation.add(client);
      this.#logIn(client);
    });
  }

  /** Tries until it is inside: its name is taken until the server gives the old connection up. */
  #logIn(client: SimClient): void {
    if (client.isInRoom || !this.#simulation.nodes.includes(client)) return;
    if (client.isOut && !this.#simulation.isAsleep(client)) client.login();
    const retryUs = this.#simulation.nowUs + LOGIN_RETRY_US;
    this.#simulation.at(retryUs, () => this.#logIn(client));
  }
}
