/**
 * What must hold of a room after any run. See docs/TESTING.md for what is
 * promised, and what is not, when a server is killed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodeHex } from "../../lib/base/bytes.ts";
import { US_PER_S } from "../../lib/base/time.ts";
import { CloseCode } from "../../lib/chat/close_code.ts";
import type { CloseReason } from "../../lib/transport/connection_event.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../lib/transport/transport_config.ts";
import { type SimClient, SimServer } from "./chat_world.ts";
import type { Simulation } from "./simulation.ts";

/** Everybody who ever took part in a run. */
export interface Cast {
  readonly simulation: Simulation;
  /** In the order of their starts; only the last one lives. */
  readonly servers: readonly SimServer[];
  /** Those who are there at the end. */
  readonly clients: readonly SimClient[];
  /** Those who were killed. */
  readonly dead: readonly SimClient[];
}

const { keepAliveUs, maxData, maxStreamData } = DEFAULT_TRANSPORT_CONFIG;

/** Every server gave every text one place, without a gap; nobody ever saw anything else. */
export function checkOrder({ servers, clients, dead }: Cast): void {
  for (const server of servers) {
    const places = server.order.map(({ sequence }) => sequence);
    assertEquals(places, places.map((_, index) => index + 1), "no gap");
    const texts = server.order.map(({ text }) => text);
    assertEquals(new Set(texts).size, texts.length, "each message once");
  }
  for (const client of [...clients, ...dead]) {
    for (const { server, bySequence, others } of client.views.values()) {
      assert(server instanceof SimServer);
      for (const [sequence, text] of bySequence) {
        const place = server.order[sequence - 1]?.text;
        assertEquals(text, place, `${client.name} sees the server's order`);
      }
      const sorted = others.toSorted((a, b) => a - b);
      assertEquals(others, sorted, `${client.name} sees it in order`);
    }
    for (const { server, sequence, text } of client.acknowledged) {
      assert(server instanceof SimServer);
      const place = server.order[sequence - 1]?.text;
      assertEquals(text, place, "what is called stored is stored");
    }
  }
}

/** Everybody knows all of the last server's order, and of every text of theirs that it is stored. */
export function isComplete({ servers, clients }: Cast): boolean {
  const server = servers.at(-1)!;
  return clients.every((client) =>
    client.isInRoom &&
    client.views.get(server)?.bySequence.size === server.order.length &&
    client.acknowledged.length === client.written.length
  );
}

/** Who was there until the end was told of each text once, in the order of writing. */
export function checkAcknowledged({ clients }: Cast): void {
  for (const { acknowledged, written } of clients) {
    assertEquals(acknowledged.map(({ text }) => text), written);
  }
}

/** Honest peers never accuse each other. */
export function checkPeace({ servers, clients, dead }: Cast): void {
  for (const { closes } of [...servers, ...clients, ...dead]) {
    const accused = closes.find(isAccusation);
    assertEquals(accused, undefined, "a connection ended by an accusation");
  }
  for (const { events } of clients) {
    const ended = events.find(({ type }) => type === "ended");
    assertEquals(ended, undefined, "a client was put out of its room");
    const gap = events.find(({ type }) => type === "gap");
    assertEquals(gap, undefined, "a gap where history reaches far enough");
  }
}

function isAccusation(reason: CloseReason): boolean {
  if (reason.type === "transport") return true;
  return (reason.type === "application" || reason.type === "local") &&
    reason.code === CloseCode.chatProtocol;
}

/** At rest nothing is left of what was: no old connection, nothing unacknowledged, all credit back. */
export function checkRest({ servers, clients }: Cast): void {
  const server = servers.at(-1)!;
  assertEquals(server.connections.size, clients.length, "connections");
  assertEquals(server.endpoint.size, clients.length, "connections kept");
  for (const client of clients) {
    assertEquals(client.endpoint.size, 1, "connections of a client");
    const here = client.connection!.streams;
    const hash = encodeHex(client.connection!.handshakeHash!);
    const there = server.connections.get(hash)!.streams;
    for (const [one, other] of [[here, there], [there, here]] as const) {
      assertEquals(one.set.size, 1, "streams");
      assertEquals(one.bufferedBytes(0), 0, "bytes kept to send again");
      const { sentBytes, maxDataToSend } = one.set;
      assertEquals(sentBytes, other.set.receivedBytes, "bytes sent");
      assertEquals(sentBytes, other.set.readBytes, "bytes read");
      assert(maxDataToSend <= other.set.maxDataToReceive, "credit given");
      assert(maxDataToSend - sentBytes >= maxData / 2 - 1, "credit is back");
      const { send } = one.set.get(0)!;
      const streamCredit = send.maxOffset - send.nextOffset;
      assert(streamCredit >= maxStreamData / 2 - 1, "stream credit is back");
    }
  }
}

/** At rest there are keep-alives and their answers, and nobody computes for anything else. */
export function checkIdle({ simulation, clients }: Cast): void {
  const { network } = simulation;
  const restUs = 60 * US_PER_S;
  const [datagrams, steps] = [network.sentDatagrams, simulation.steps];
  simulation.runUntil(() => false, restUs);
  const exchanges = clients.length * (Math.ceil(restUs / keepAliveUs) + 1);
  const sent = network.sentDatagrams - datagrams;
  assert(sent >= clients.length * 2, `${sent} datagrams keep nobody alive`);
  // A PING and its ACK; the RTT makes the interval longer.
  assert(sent <= 2 * exchanges, `${sent} datagrams in ${exchanges} exchanges`);
  // Each datagram is sent and received; timers for it fire on both sides.
  const work = simulation.steps - steps;
  assert(work <= 12 * exchanges, `${work} steps in ${exchanges} exchanges`);
}
