/** How many acknowledgements a connection makes, on calm paths and on others. */
import { assert, assertEquals } from "@std/assert";
import type { Connection } from "../../../lib/transport/connection.ts";
import type { TraceEvent } from "../../../lib/transport/trace_event.ts";
import {
  ACK_ELICITING_THRESHOLD,
  CALM_ACK_DELAY_US,
  CALM_ACK_ELICITING_THRESHOLD,
  CALM_PACKETS,
  MAX_ACK_DELAY_US,
} from "../../../lib/transport/transport_config.ts";
import { LATENCY_US, Pair } from "./pair.ts";

/** Between two messages of a talk: many within the delay of an ACK. */
const MESSAGE_INTERVAL_US = 1_000;
const MESSAGE_BYTES = 100;
const ROUND_TRIP_US = 2 * LATENCY_US;

/** A client that talks to a server which only listens. */
class Talk {
  readonly trace: TraceEvent[] = [];
  readonly pair: Pair = new Pair({
    onServerTrace: (event) => this.trace.push(event),
    onClientTrace: (event) => {
      if (event.type === "packetSent") this.#lastSent = event;
    },
  });
  #lastSent: Extract<TraceEvent, { type: "packetSent" }> | undefined;
  readonly client: Connection;

  constructor() {
    this.client = this.pair.establish().client;
  }

  /** Says so many messages, one by one. @returns How many packets the server answered them with. */
  say(messages: number): number {
    const before = this.trace.length;
    for (let i = 0; i < messages; i++) {
      this.client.streams.write(0, new Uint8Array(MESSAGE_BYTES));
      this.pair.advance(MESSAGE_INTERVAL_US);
    }
    return this.trace.slice(before).filter(({ type }) => type === "packetSent")
      .length;
  }

  /** Talks until the peer was asked for few ACKs. */
  calmDown(): void {
    this.say(2 * CALM_PACKETS);
    assertEquals(this.asked.at(-1), CALM_ACK_DELAY_US);
  }

  /** Longest delays that the server was asked for, in their order. */
  get asked(): (number | undefined)[] {
    return this.trace.flatMap((event) =>
      event.type === "packetReceived" ? event.frames : []
    ).filter(({ type }) => type === "ackFrequency").map(({ delayUs }) =>
      delayUs
    );
  }

  /** True while the datagram on its way out asks for another frequency. */
  get isAsking(): boolean {
    return this.#lastSent!.frames.some(({ type }) => type === "ackFrequency");
  }

  /** Bytes that the server has read. */
  get heard(): number {
    return this.pair.server.bytesOf(0).length;
  }
}

Deno.test("a connection acknowledges every second packet at first", () => {
  const talk = new Talk();
  const messages = CALM_PACKETS / 2;
  const acks = talk.say(messages);
  const expected = messages / ACK_ELICITING_THRESHOLD;
  assert(Math.abs(acks - expected) <= 2, `${acks} ACKs`);
  assertEquals(talk.asked, []);
});

Deno.test("a connection on a calm path acknowledges every tenth packet", () => {
  const talk = new Talk();
  talk.calmDown();
  const messages = 50 * CALM_ACK_ELICITING_THRESHOLD;
  const acks = talk.say(messages);
  const expected = messages / CALM_ACK_ELICITING_THRESHOLD;
  assert(Math.abs(acks - expected) <= 2, `${acks} ACKs`);
  assertEquals(talk.asked, [CALM_ACK_DELAY_US]);
  assertEquals(talk.client.stats.probeTimeouts, 0);
  assertEquals(talk.client.stats.lostPackets, 0);
});

Deno.test("a lone message on a calm path is acknowledged late, and not sent twice", () => {
  const talk = new Talk();
  talk.calmDown();
  talk.pair.advance(1_000_000);
  const sentUs = talk.pair.nowUs;
  talk.client.streams.write(0, new Uint8Array(MESSAGE_BYTES));
  const { client } = talk;
  assert(client.stats.inFlightBytes === 0);
  talk.pair.advance(0);
  const isAcked = () => client.stats.inFlightBytes === 0;
  assert(talk.pair.runUntil(isAcked, 1_000_000));
  const waitUs = talk.pair.nowUs - sentUs;
  assertEquals(waitUs, CALM_ACK_DELAY_US + ROUND_TRIP_US);
  assertEquals(client.stats.probeTimeouts, 0);
  assertEquals(client.stats.retransmittedBytes, 0);
});

Deno.test("the first loss on a calm path is repaired at once, and makes ACKs prompt again", () => {
  const talk = new Talk();
  talk.calmDown();
  talk.pair.delivers = (_datagram, toServer) => !toServer;
  talk.say(1);
  talk.pair.delivers = () => true;
  const heard = talk.heard;
  // The gap shows with the next message; a round trip and its eighth after that it counts as lost.
  talk.say(5);
  assertEquals(talk.client.stats.lostPackets, 1);
  assertEquals(talk.client.stats.probeTimeouts, 0);
  assert(talk.heard >= heard + 4 * MESSAGE_BYTES, `${talk.heard - heard}`);
  assertEquals(talk.asked, [CALM_ACK_DELAY_US, MAX_ACK_DELAY_US]);
  const messages = CALM_PACKETS / 2;
  const acks = talk.say(messages);
  const expected = messages / ACK_ELICITING_THRESHOLD;
  assert(Math.abs(acks - expected) <= 2, `${acks} ACKs`);
});

Deno.test("the loss of the last message on a calm path makes ACKs prompt again", () => {
  const talk = new Talk();
  talk.calmDown();
  talk.pair.advance(1_000_000);
  const heard = talk.heard;
  talk.pair.delivers = (_datagram, toServer) => !toServer;
  talk.say(1);
  talk.pair.delivers = () => true;
  const isHeard = () => talk.heard > heard;
  // A probe timeout: the delay that was asked for, and some round trips.
  const limitUs = CALM_ACK_DELAY_US + 10 * ROUND_TRIP_US;
  assert(talk.pair.runUntil(isHeard, limitUs));
  assertEquals(talk.asked.at(-1), MAX_ACK_DELAY_US);
});

Deno.test("a change of the ACK frequency that is lost is sent again", () => {
  const talk = new Talk();
  talk.calmDown();
  let isLost = false;
  talk.pair.delivers = (_datagram, toServer) => {
    if (!toServer || isLost || !talk.isAsking) return true;
    isLost = true;
    return false;
  };
  // The server has to hear that something was lost, and that is lost, too.
  talk.client.probe();
  talk.pair.advance(0);
  talk.pair.loseFlying();
  talk.say(20);
  assert(isLost);
  assertEquals(talk.asked, [CALM_ACK_DELAY_US, MAX_ACK_DELAY_US]);
});

Deno.test("a bulk transfer on a calm path never waits for a delayed ACK", () => {
  for (let waiting = 0; waiting < CALM_ACK_ELICITING_THRESHOLD; waiting++) {
    const talk = new Talk();
    talk.calmDown();
    // So many packets wait for their ACK when the transfer starts.
    talk.pair.advance(1_000_000);
    talk.say(waiting);
    const bytes = 500_000 + 100 * waiting;
    const total = talk.client.streams.set.sentBytes + bytes;
    talk.client.streams.write(0, new Uint8Array(bytes));
    let lastUs = talk.pair.nowUs;
    const since = talk.pair.sent.length;
    assert(talk.pair.runUntil(() => talk.heard === total, 10_000_000));
    for (const { toServer, timeUs } of talk.pair.sent.slice(since)) {
      if (!toServer) continue;
      const pauseUs = timeUs - lastUs;
      assert(pauseUs <= ROUND_TRIP_US, `a pause of ${pauseUs} us`);
      lastUs = timeUs;
    }
    assertEquals(talk.client.stats.lostPackets, 0);
    // It was calm all the time.
    assertEquals(talk.asked, [CALM_ACK_DELAY_US]);
  }
});
