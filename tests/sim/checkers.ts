/**
 * What must hold of a room after any run, also of one whose server was killed.
 *
 * @module
 */

import { isUnique, wordsOf } from "./event_words.ts";
import { assert, assertEquals } from "@std/assert";
import { encodeHex } from "../../lib/base/bytes.ts";
import { US_PER_S } from "../../lib/base/time.ts";
import { DEFAULT_ROOM_ID } from "../../lib/chat/room_kind.ts";
import { CloseCode } from "../../lib/chat/close_code.ts";
import type { CloseReason } from "../../lib/transport/connection_event.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../lib/transport/transport_config.ts";
import {
  changeMessage,
  type MessageState,
  newMessageState,
} from "../../lib/chat/message_state.ts";
import type { SimClient, SimServer } from "./chat_world.ts";
import { isDurable, type RoomSide } from "./room_side.ts";
import type { SimDisk } from "./sim_log.ts";
import type { Simulation } from "./simulation.ts";

/** Everybody who ever took part in a run. */
export interface Cast {
  readonly simulation: Simulation;
  readonly disk: SimDisk;
  /** In the order of their starts; only the last one lives. */
  readonly servers: readonly SimServer[];
  /** Those who are there at the end. */
  readonly clients: readonly SimClient[];
  /** Those who were killed. */
  readonly dead: readonly SimClient[];
}

const { keepAliveUs, maxData, maxStreamData } = DEFAULT_TRANSPORT_CONFIG;

/** There is one order of each room for ever, every text has one place in it, and nobody ever saw anything else. */
export function checkOrder({ disk, servers, clients, dead }: Cast): void {
  for (const roomId of disk.roomIds) {
    const originals = disk.originalsOf(roomId);
    const ids = originals.map(({ authorKey, id }) =>
      `${authorKey} ${encodeHex(id)}`
    );
    assertEquals(new Set(ids).size, ids.length, "each act once");
    const texts = originals.map(wordsOf).filter(isUnique);
    assertEquals(new Set(texts).size, texts.length, "each text once");
  }
  const texts = disk.originals.map(wordsOf);
  for (const { order, startSequence } of servers) {
    const places = order.map(({ sequence }) => sequence);
    const expected = places.map((_, index) => startSequence + index + 1);
    assertEquals(places, expected, "a server publishes all, in order");
    for (const { sequence, text } of order) {
      assertEquals(text, texts[sequence - 1], "what is published is durable");
    }
  }
  for (const client of [...clients, ...dead]) {
    for (const side of client.sides) checkSide(client.name, side, disk);
  }
}

function checkSide(who: string, side: RoomSide, disk: SimDisk): void {
  const { roomId, bySequence, others, acknowledged } = side;
  const name = `${who} in room ${roomId}`;
  for (const [sequence, text] of bySequence) {
    const isSame = isDurable(disk, { roomId, sequence, text });
    assert(isSame, `${name} sees the order`);
  }
  if (bySequence.size > 0) {
    const known = bySequence.size - side.older.length;
    const expected = side.lastSequence - side.firstSequence + 1;
    assertEquals(known, expected, `${name} sees no gap`);
  }
  for (const sequence of side.older) {
    const isAnswer = side.isOlderOwn(sequence);
    assert(isAnswer, `${name} sees a gap after ${sequence}`);
  }
  const sorted = others.toSorted((a, b) => a - b);
  assertEquals(others, sorted, `${name} sees it in order`);
  // Who was there before may find there what was erased meanwhile.
  if (!side.isFirst) return;
  for (const { sequence, text } of acknowledged) {
    const original = wordsOf(disk.originalsOf(roomId)[sequence - 1]!);
    assertEquals(text, original, "what is called stored is");
  }
}

/** Everybody is in the rooms that the disk says, and knows each order to its end, and of every text of theirs that it is stored. */
export function isComplete({ disk, clients }: Cast): boolean {
  return clients.every((client) => {
    const sides = Array.from(client.rooms.values());
    const isKnown = sides.every(({ isComplete }) => isComplete);
    if (!client.isInRoom || !isKnown) return false;
    const rooms = Array.from(client.rooms.keys()).sort((a, b) => a - b);
    const expected = [DEFAULT_ROOM_ID, ...disk.roomsOf(client.person)];
    return `${rooms}` === `${expected}`;
  });
}

/** Everybody sees the same: of each message what its events in their order make of it. */
export function checkStates({ disk, clients }: Cast): void {
  for (const { name, rooms } of clients) {
    for (const { roomId, states, firstSequence: first } of rooms.values()) {
      const expected = new Map<number, MessageState>();
      for (const event of disk.originalsOf(roomId)) {
        const { sequence, act } = event;
        if (act.type === "topic" || sequence < first) continue;
        if (act.type === "message") {
          expected.set(sequence, newMessageState(act.text));
          continue;
        }
        const state = expected.get(act.target);
        if (state === undefined) continue;
        expected.set(act.target, changeMessage(state, { ...event, act }));
      }
      const seen = Array.from(states).filter(([at]) => at >= first);
      const what = `${name} sees what the others see`;
      assertEquals(new Map(seen), expected, what);
    }
  }
}

/** Who is there at the end was told of each text once, in the order of writing. */
export function checkAcknowledged({ clients }: Cast): void {
  for (const { rooms } of clients) {
    for (const side of rooms.values()) {
      assertEquals(side.stored, side.promised);
      if (!side.isFirst) continue;
      const told = side.acknowledged.map(({ text }) => text);
      assertEquals(told, side.written);
    }
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
  }
  const gaps = [...clients, ...dead].flatMap(({ sides }) => sides)
    .reduce((sum, { gaps }) => sum + gaps, 0);
  assertEquals(gaps, 0, "a gap where history reaches far enough");
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
      assertEquals(one.set.size, client.rooms.size, "streams");
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

/** Datagrams of one probe timeout: two PINGs, an ACK for each. */
const VAIN_PROBES = 4;

/** At rest there are keep-alives and their answers, and nobody computes for anything else. */
export function checkIdle({ simulation, clients }: Cast): void {
  const { network } = simulation;
  const restUs = 60 * US_PER_S;
  const [datagrams, steps] = [network.sentDatagrams, simulation.steps];
  simulation.runUntil(() => false, restUs);
  const exchanges = clients.length * (Math.ceil(restUs / keepAliveUs) + 1);
  const sent = network.sentDatagrams - datagrams;
  assert(sent >= clients.length * 2, `${sent} datagrams keep nobody alive`);
  // A PING and its ACK; the RTT makes the interval longer. Where delays vary, a probe timeout fires in vain now and then.
  const most = 2 * exchanges + VAIN_PROBES * clients.length;
  assert(sent <= most, `${sent} datagrams in ${exchanges} exchanges`);
  // Each datagram is sent and received; timers for it fire on both sides.
  const work = simulation.steps - steps;
  assert(work <= 12 * exchanges, `${work} steps in ${exchanges} exchanges`);
}
