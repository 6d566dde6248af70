import { assert, assertEquals } from "@std/assert";
import { equalBytes } from "../../lib/base/bytes.ts";
import { Prng } from "../../lib/base/prng.ts";
import { US_PER_MS, US_PER_S } from "../../lib/base/time.ts";
import type { CryptoProvider, SealingKey } from "../../lib/crypto/provider.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { CloseReason } from "../../lib/transport/connection_event.ts";
import { TransportErrorCode } from "../../lib/wire/error_code.ts";
import { cheapCrypto } from "../sim/cheap_crypto.ts";
import { CLIENT, Peer, SERVER } from "../sim/peer.ts";
import { drawFrames } from "./hostile_frames.ts";
import { mutate } from "./mutation.ts";

/** Datagrams one input may cause: a burst of a window, no more. */
const MAX_OUTPUT_DATAGRAMS = 2_000;
/** What was seen on the wire and may be damaged and sent again. */
const MAX_KNOWN_DATAGRAMS = 64;
/** Clients one server lives through. */
const MAX_CLIENTS = 20;
/** Inputs to one client. */
const MAX_INPUTS = 60;
const STRANGER: Address = { hostname: "10.7.7.7", port: 7 };

/** One datagram on its way. */
interface Flying {
  readonly toServer: boolean;
  readonly bytes: Uint8Array;
}

/**
 * Two endpoints and somebody who damages what they say, in every phase of a
 * connection: from outside, by changing, repeating and inventing datagrams; and
 * from inside, by changing what is in a packet before it is sealed.
 */
export class EndpointFuzz {
  readonly #prng: Prng;
  #server: Peer;
  #client: Peer;
  #nowUs = US_PER_S;
  #clients = 0;
  #inputs = 0;
  /** Set to let the next packet of one side say something else. */
  #hostile: "client" | "server" | undefined;
  readonly #known: Uint8Array[] = [];
  readonly #flying: Flying[] = [];
  readonly #buffer = new Uint8Array(2048);
  readonly #outcomes: Map<string, number>;

  /**
   * @param seed Repeats every case.
   * @param outcomes Counts how connections end, to see that all ways are met.
   */
  constructor(
    seed: number | string,
    outcomes: Map<string, number> = new Map(),
  ) {
    this.#outcomes = outcomes;
    this.#prng = new Prng(`endpoint ${seed}`);
    this.#server = this.#makePeer("server");
    this.#client = this.#makePeer("client");
    this.#startClient();
  }

  /** One case: one hostile input and all that follows from it. */
  step(): void {
    const prng = this.#prng;
    if (this.#inputs++ > MAX_INPUTS || this.#isOver) this.#startClient();
    this.#nowUs += prng.below(
      prng.ratio(1, 32) ? 40 * US_PER_S : 30 * US_PER_MS,
    );
    this.#act();
    switch (prng.below(3)) {
      case 0:
        this.#injectDatagram();
        break;
      case 1:
        this.#hostile = prng.ratio(1, 2) ? "client" : "server";
        break;
      default:
        this.#flying.reverse();
    }
    this.#run(prng.below(8));
    for (const { endpoint } of [this.#server, this.#client]) {
      assert(endpoint.size <= 2 * MAX_CLIENTS, "connections pile up");
    }
  }

  get #isOver(): boolean {
    return this.#client.closed !== undefined &&
      this.#client.endpoint.size === 0;
  }

  #startClient(): void {
    if (this.#clients++ % MAX_CLIENTS === 0) {
      this.#server = this.#makePeer("server");
    }
    this.#inputs = 0;
    this.#flying.length = 0;
    this.#client = this.#makePeer("client");
    this.#client.connection = this.#client.endpoint.connect(
      SERVER,
      this.#nowUs,
    );
    // Half of them are met at work, the others somewhere on the way there.
    this.#run(this.#prng.ratio(1, 2) ? 40 : this.#prng.below(12));
  }

  #makePeer(side: "client" | "server"): Peer {
    return new Peer(this.#prng.fork(), side === "server", {
      primitives: this.#primitives(side),
      expectsAnything: true,
      maxData: 100_000,
      maxStreamData: 20_000,
      maxStreams: 8,
      keyUpdatePackets: 30,
      maxHandshakesPerSecond: 1_000_000,
    });
  }

  /** Does something an application does. */
  #act(): void {
    const prng = this.#prng;
    const peer = prng.ratio(1, 2) ? this.#client : this.#server;
    const { connection } = peer;
    if (connection === undefined) return;
    const ids = [0, ...peer.streams.keys()];
    const streamId = ids[prng.below(ids.length)]!;
    const { streams } = connection;
    switch (prng.below(12)) {
      case 0:
        streams.open(prng.below(16));
        return;
      case 1:
        streams.reset(streamId, 1);
        return;
      case 2:
        streams.stop(streamId, 1);
        return;
      case 3:
        streams.finish(streamId);
        return;
      case 4:
        connection.sendDatagram(prng.bytes(prng.below(100)), this.#nowUs + 1e6);
        return;
      case 5:
        if (prng.ratio(1, 16)) connection.close(1, "over", this.#nowUs);
        return;
      case 6:
        connection.probe();
        return;
      default:
        streams.write(streamId, prng.bytes(prng.below(2_000)));
    }
  }

  /** From outside: must do nothing to a connection that has its keys. */
  #injectDatagram(): void {
    const prng = this.#prng;
    const known = this.#known[prng.below(this.#known.length)];
    if (known === undefined) return;
    const toServer = prng.ratio(1, 2);
    const peer = toServer ? this.#server : this.#client;
    const from = prng.ratio(1, 4) ? STRANGER : toServer ? CLIENT : SERVER;
    const bytes = prng.ratio(1, 8) ? known.slice() : mutate(prng, known);
    const isForged = !this.#known.some((other) => equalBytes(other, bytes));
    this.#collect(peer);
    const wasOpen = peer.established && peer.closed === undefined;
    this.#deliver({ toServer, bytes }, from);
    this.#collect(peer);
    // A true packet may be the peer's close; a true reset still ends with its token.
    if (wasOpen && !toServer && isForged && peer.closed?.type !== "reset") {
      assertEquals(peer.closed, undefined, "a stranger closed a connection");
    }
  }

  /** Lets so many datagrams arrive, then all timers that are due. */
  #run(datagrams: number): void {
    this.#collect(this.#client);
    this.#collect(this.#server);
    for (let left = datagrams; left > 0; left--) {
      const next = this.#flying.shift();
      if (next === undefined) break;
      this.#deliver(next, next.toServer ? CLIENT : SERVER);
      this.#collect(next.toServer ? this.#server : this.#client);
    }
    if (this.#flying.length > 100) this.#flying.length = 0;
    for (const peer of [this.#client, this.#server]) {
      if ((peer.endpoint.deadlineUs ?? Infinity) > this.#nowUs) continue;
      peer.endpoint.handleTimeout(this.#nowUs);
      this.#collect(peer);
    }
  }

  #deliver({ toServer, bytes }: Flying, from: Address): void {
    const { endpoint } = toServer ? this.#server : this.#client;
    const nowUs = this.#nowUs;
    endpoint.handleDatagram(bytes, bytes.length, { from, nowUs });
  }

  #collect(peer: Peer): void {
    for (let sent = 0;; sent++) {
      assert(sent < MAX_OUTPUT_DATAGRAMS, "output never ends");
      const transmit = peer.endpoint.pollTransmit(this.#buffer, this.#nowUs);
      if (transmit !== undefined) {
        const bytes = this.#buffer.slice(0, transmit.length);
        this.#flying.push({ toServer: peer === this.#client, bytes });
        this.#known.push(bytes.slice());
        if (this.#known.length > MAX_KNOWN_DATAGRAMS) this.#known.shift();
        continue;
      }
      const next = peer.endpoint.pollEvent();
      if (next === undefined) return;
      if (next.event.type === "closed") this.#noteEnd(next.event.reason);
      peer.onEvent(next.connection, next.event);
    }
  }

  #noteEnd(reason: CloseReason): void {
    const isOurs = reason.type === "transport" && reason.by === "local";
    assert(
      !isOurs || reason.code !== TransportErrorCode.internalError,
      "a bug of ours ended a connection",
    );
    const end = reason.type === "transport"
      ? `${reason.by} ${reason.code}`
      : reason.type;
    this.#outcomes.set(end, (this.#outcomes.get(end) ?? 0) + 1);
  }

  /** Packets that may say something else than their side meant. */
  #primitives(side: "client" | "server"): CryptoProvider {
    return {
      ...cheapCrypto,
      sealingKey: (key, first) =>
        this.#watched(cheapCrypto.sealingKey(key, first), side),
    };
  }

  #watched(key: SealingKey, side: "client" | "server"): SealingKey {
    return {
      get nextPacketNumber() {
        return key.nextPacketNumber;
      },
      seal: (packet, start, bodyStart, bodyEnd) => {
        // The two sealed parts of the handshake start where their data do.
        const isPacket = bodyStart > start;
        if (this.#hostile !== side || !isPacket) {
          return key.seal(packet, start, bodyStart, bodyEnd);
        }
        this.#hostile = undefined;
        const honest = packet.subarray(bodyStart, bodyEnd);
        const payload = this.#prng.ratio(1, 2)
          ? mutate(this.#prng, honest)
          : drawFrames(this.#prng);
        const room = packet.length - bodyStart - 16;
        const said = payload.subarray(0, room);
        packet.set(said, bodyStart);
        return key.seal(packet, start, bodyStart, bodyStart + said.length);
      },
      skipPacketNumber: () => key.skipPacketNumber(),
      free: () => key.free(),
    };
  }
}
