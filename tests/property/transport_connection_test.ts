/**
 * Two honest endpoints and anything their applications and the network may do:
 * every byte of a stream arrives in order and once, no protocol error is found,
 * credit is whole afterwards, the loop never spins, and both come to rest. A
 * failure prints the operations that lead to it.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { concatBytes } from "../../lib/base/bytes.ts";
import { CLIENT, Pair, SERVER, type Side } from "../unit/transport/pair.ts";

/** Small limits, so that they are met. */
const LIMITS = { maxData: 9_000, maxStreamData: 4_000, maxStreams: 4 };

const who = fc.constantFrom("client" as const, "server" as const);
const index = fc.nat({ max: 5 });
const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("open" as const),
      who,
      priority: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant("write" as const),
      who,
      index,
      length: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 6_000 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom(
        "finish" as const,
        "reset" as const,
        "stop" as const,
      ),
      who,
      index,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("datagram" as const),
      who,
      length: fc.nat({ max: 1_000 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant("advance" as const),
      us: fc.oneof(fc.nat({ max: 3_000 }), fc.nat({ max: 400_000 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("network" as const),
      lossPercent: fc.constantFrom(0, 0, 10, 30, 100),
      duplicates: fc.boolean(),
      latencyUs: fc.constantFrom(200, 1_000, 30_000, 200_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { type: "drop" as const },
      { type: "reverse" as const },
      { type: "move" as const },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("reads" as const),
      who,
      reads: fc.boolean(),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** What one side wrote to a stream, until it cut it off. */
interface Written {
  readonly parts: Uint8Array[];
  isFinished: boolean;
  isCut: boolean;
}

class Run {
  readonly pair = new Pair({
    client: LIMITS,
    server: LIMITS,
  });
  readonly written = {
    client: new Map<number, Written>(),
    server: new Map<number, Written>(),
  };
  /** Streams either side stopped reading. */
  readonly stopped = { client: new Set<number>(), server: new Set<number>() };
  #port = 5_000;

  constructor() {
    this.pair.establish();
  }

  /** A stream by a number that may be any, among those there are. */
  #stream(index: number): number {
    const ids = new Set([
      0,
      ...this.written.client.keys(),
      ...this.written.server.keys(),
    ]);
    return [...ids].sort((a, b) => a - b)[index % ids.size]!;
  }

  #of(who: "client" | "server", id: number): Written {
    const streams = this.written[who];
    const known = streams.get(id);
    if (known !== undefined) return known;
    const written = { parts: [], isFinished: false, isCut: false };
    streams.set(id, written);
    return written;
  }

  apply(operation: Operation): void {
    const { pair } = this;
    switch (operation.type) {
      case "open": {
        const { streams } = pair[operation.who].connection!;
        const id = streams.open(operation.priority);
        if (id !== undefined) this.#of(operation.who, id);
        return;
      }
      case "write":
      case "finish":
      case "reset":
      case "stop":
        this.#onStream(operation);
        return;
      case "datagram": {
        const { connection } = pair[operation.who];
        const data = new Uint8Array(operation.length);
        connection!.sendDatagram(data, pair.nowUs + 5_000);
        return;
      }
      case "advance":
        pair.advance(operation.us);
        return;
      case "network": {
        const { lossPercent, duplicates } = operation;
        pair.latencyUs = operation.latencyUs;
        pair.delivers = (bytes, toServer) => {
          if (duplicates && pair.prng.ratio(1, 5)) {
            const sent = {
              toServer,
              to: toServer ? SERVER : CLIENT,
              bytes: bytes.slice(),
              timeUs: pair.nowUs,
            };
            pair.flying.push({ arrivesUs: pair.nowUs, sent });
            pair.flying.sort((a, b) => a.arrivesUs - b.arrivesUs);
          }
          return !pair.prng.ratio(lossPercent, 100);
        };
        return;
      }
      case "drop":
        pair.loseFlying();
        return;
      case "reverse": {
        const times = pair.flying.map(({ arrivesUs }) => arrivesUs);
        pair.flying.reverse().forEach((flight, i) =>
          flight.arrivesUs = times[i]!
        );
        return;
      }
      case "move":
        pair.clientAddress = { hostname: "10.0.0.9", port: ++this.#port };
        return;
      case "reads":
        this.#setReads(pair[operation.who], operation.reads);
        return;
    }
  }

  #onStream(
    operation: Extract<Operation, { index: number }>,
  ): void {
    const { who } = operation;
    const id = this.#stream(operation.index);
    const { streams } = this.pair[who].connection!;
    // Only what both know of: an application does not invent streams.
    if (streams.isFinished(id) && !this.written[who].has(id)) return;
    if (streams.set.get(id) === undefined) return;
    const written = this.#of(who, id);
    switch (operation.type) {
      case "write": {
        if (written.isFinished || written.isCut) return;
        const bytes = this.pair.prng.bytes(operation.length);
        written.parts.push(bytes);
        streams.write(id, bytes);
        return;
      }
      case "finish":
        written.isFinished = true;
        streams.finish(id);
        return;
      case "reset":
        if (id === 0) return;
        written.isCut = true;
        streams.reset(id, 7);
        return;
      case "stop":
        if (id === 0) return;
        this.stopped[who].add(id);
        streams.stop(id, 8);
        return;
    }
  }

  #setReads(side: Side, reads: boolean): void {
    side.reads = reads;
    if (!reads) return;
    for (const other of [this.written.client, this.written.server]) {
      for (const id of [0, ...other.keys()]) side.read(side.connection!, id);
    }
  }

  /** A good network, and readers that read: everything ends well. */
  settle(): void {
    const { pair } = this;
    pair.latencyUs = 1_000;
    pair.delivers = () => true;
    for (const side of [pair.client, pair.server]) this.#setReads(side, true);
    pair.advance(8_000_000);
    for (const side of [pair.client, pair.server]) this.#setReads(side, true);
    pair.advance(4_000_000);
  }

  check(): void {
    const { pair } = this;
    const isDead = pair.client.closed ?? pair.server.closed;
    if (isDead !== undefined) {
      // Only silence may end it.
      assert(isDead.type === "idle" || isDead.type === "reset", isDead.type);
      return;
    }
    this.#checkBytes("client", pair.server);
    this.#checkBytes("server", pair.client);
    for (const side of [pair.client, pair.server]) {
      const { set } = side.connection!.streams;
      assertEquals(set.readBytes, set.receivedBytes, "credit is whole");
      const other = side === pair.client ? pair.server : pair.client;
      const { sentBytes } = other.connection!.streams.set;
      assertEquals(sentBytes, set.receivedBytes, "both count the same");
    }
    // At rest: nothing but keep-alives within a minute.
    const before = pair.sent.length;
    pair.advance(60_000_000);
    const sent = pair.sent.length - before;
    assert(sent <= 40, `${sent} datagrams at rest`);
  }

  #checkBytes(from: "client" | "server", to: Side): void {
    const reader = to.isServer ? "server" : "client";
    for (const [id, written] of this.written[from]) {
      const sent = concatBytes(...written.parts);
      const got = to.bytesOf(id);
      assertEquals(got, sent.slice(0, got.length), `stream ${id} of ${from}`);
      const isStopped = this.stopped[reader].has(id);
      if (!written.isCut && !isStopped) {
        assertEquals(got.length, sent.length, `stream ${id} of ${from}`);
      }
    }
  }
}

Deno.test("two honest endpoints get along on any network", () => {
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 60, size: "max" }),
      (operations) => {
        const run = new Run();
        for (const operation of operations) run.apply(operation);
        run.settle();
        run.check();
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});
