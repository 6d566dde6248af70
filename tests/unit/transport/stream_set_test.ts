import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Stream, StreamSet } from "../../../lib/transport/stream_set.ts";
import {
  TransportError,
  TransportErrorCode,
} from "../../../lib/wire/error_code.ts";

const CREDIT = { maxData: 100, maxStreamData: 40, maxStreams: 4 };
const FRAME = 0x08;

function setOf(isServer: boolean, peer = CREDIT): StreamSet {
  const set = new StreamSet(isServer, CREDIT);
  set.setPeerCredit(peer);
  return set;
}

function remote(set: StreamSet, id: number, opened: number[] = []): Stream {
  const stream = set.forFrame(id, FRAME, (stream) => opened.push(stream.id));
  assert(stream !== undefined);
  return stream;
}

/** Ends both halves of a stream as if everything had arrived. */
function finish(set: StreamSet, stream: Stream): boolean {
  stream.send.discard();
  stream.receive.setFinalSize(stream.receive.highestOffset, FRAME);
  stream.receive.discard();
  return set.closeIfDone(stream);
}

function assertFails(code: number, run: () => void): void {
  assertEquals(assertThrows(run, TransportError).code, code);
}

Deno.test("StreamSet.open() counts a client's streams 0, 2, 4 and a server's 1, 3, 5", () => {
  const client = setOf(false);
  assertEquals([0, 1, 2].map(() => client.open(8)?.id), [0, 2, 4]);
  const server = setOf(true);
  assertEquals([0, 1, 2].map(() => server.open(8)?.id), [1, 3, 5]);
});

Deno.test("StreamSet.open() keeps to the peer's limit, which counts streams that are over", () => {
  const set = setOf(false, { ...CREDIT, maxStreams: 2 });
  const first = set.open(8)!;
  set.open(8);
  assertEquals(set.open(8), undefined);
  assertEquals(finish(set, first), true);
  assertEquals(set.open(8), undefined);
  set.onMaxStreams(3);
  assertEquals(set.open(8)?.id, 4);
  assertEquals(set.open(8), undefined);
  set.onMaxStreams(1);
  assertEquals(set.open(8), undefined);
});

Deno.test("StreamSet.open() gives a stream the credit of both sides", () => {
  const set = setOf(false, { maxData: 10, maxStreamData: 7, maxStreams: 1 });
  const stream = set.open(8)!;
  assertEquals(stream.send.maxOffset, 7);
  assertEquals(stream.receive.maxOffset, CREDIT.maxStreamData);
  assertEquals(set.maxDataToSend, 10);
});

Deno.test("StreamSet.forFrame() opens the lower streams too", () => {
  const opened: number[] = [];
  const set = setOf(true);
  assertEquals(remote(set, 4, opened).id, 4);
  assertEquals(opened, [0, 2, 4]);
  remote(set, 2, opened);
  assertEquals(opened, [0, 2, 4]);
  assertEquals(set.size, 3);
});

Deno.test("StreamSet.forFrame() refuses a stream beyond the limit", () => {
  const { streamLimit } = TransportErrorCode;
  const server = setOf(true);
  assertFails(streamLimit, () => remote(server, 8));
  assertEquals(server.size, 0);
  remote(server, 6);
  const client = setOf(false);
  assertFails(streamLimit, () => remote(client, 9));
  remote(client, 7);
  assertFails(streamLimit, () => remote(client, 2 ** 53 - 1));
});

Deno.test("StreamSet.forFrame() refuses a stream of ours that we never opened", () => {
  const { streamState } = TransportErrorCode;
  const set = setOf(false);
  assertFails(streamState, () => remote(set, 0));
  set.open(8);
  remote(set, 0);
  assertFails(streamState, () => remote(set, 2));
});

Deno.test("StreamSet.forFrame() knows streams that are over, on both sides", () => {
  const set = setOf(true);
  const theirs = remote(set, 0);
  const ours = set.open(8)!;
  finish(set, theirs);
  finish(set, ours);
  assertEquals(set.forFrame(0, FRAME, () => {}), undefined);
  assertEquals(set.forFrame(1, FRAME, () => {}), undefined);
  assertEquals(set.size, 0);
});

Deno.test("StreamSet gives the chat's stream the highest priority on both sides", () => {
  const server = setOf(true);
  assertEquals(remote(server, 2).priority, 8);
  assertEquals(remote(server, 0).priority, 0);
  assertEquals(remote(setOf(false), 1).priority, 8);
});

Deno.test("StreamSet.closeIfDone() waits for both halves and for the reset's ACK", () => {
  const set = setOf(true);
  const stream = remote(set, 0);
  assertEquals(set.closeIfDone(stream), false);
  stream.send.discard();
  stream.reset = { code: 1, finalSize: 0 };
  assertEquals(set.closeIfDone(stream), false);
  stream.receive.setFinalSize(0, FRAME);
  assertEquals(set.closeIfDone(stream), false);
  stream.reset = undefined;
  assertEquals(set.closeIfDone(stream), true);
  assertEquals(set.closeIfDone(stream), false);
});

Deno.test("StreamSet.streamsCredit grows by the peer's streams that are over, not by ours", () => {
  const set = setOf(true);
  finish(set, set.open(8)!);
  assertEquals(set.streamsCredit, CREDIT.maxStreams);
  finish(set, remote(set, 0));
  assertEquals(set.streamsCredit, CREDIT.maxStreams + 1);
  assertEquals(set.owesMaxStreams, false);
  finish(set, remote(set, 2));
  assertEquals(set.owesMaxStreams, true);
});

Deno.test("StreamSet.onReceived() allows the connection's credit and no byte more", () => {
  const set = setOf(true);
  set.onReceived(CREDIT.maxData, FRAME);
  set.onReceived(0, FRAME);
  assertFails(TransportErrorCode.flowControl, () => set.onReceived(1, FRAME));
});

Deno.test("StreamSet owes new credit once half of the old is read", () => {
  const set = setOf(true);
  set.readBytes = CREDIT.maxData / 2 - 1;
  assertEquals(set.owesMaxData, false);
  set.readBytes++;
  assertEquals(set.owesMaxData, true);
  assertEquals(set.dataCredit, CREDIT.maxData + CREDIT.maxData / 2);
  const { receive } = remote(set, 0);
  receive.readOffset = CREDIT.maxStreamData / 2 - 1;
  assertEquals(set.owesMaxStreamData(receive), false);
  receive.readOffset++;
  assertEquals(set.owesMaxStreamData(receive), true);
  assertEquals(set.streamCredit(receive), 60);
  receive.setFinalSize(30, FRAME);
  assertEquals(set.owesMaxStreamData(receive), false);
});

Deno.test("StreamSet.nextSendable() gives the highest priority that may send", () => {
  const set = setOf(false);
  const low = set.open(8)!;
  const high = set.open(1)!;
  assertEquals(set.nextSendable(), undefined);
  low.send.write(new Uint8Array(5));
  assertEquals(set.nextSendable(), low);
  high.send.write(new Uint8Array(5));
  assertEquals(set.nextSendable(), high);
  high.send.maxOffset = 0;
  assertEquals(set.nextSendable(), low);
});

Deno.test("StreamSet.nextSendable() needs the connection's credit for new bytes alone", () => {
  const set = setOf(false);
  const stream = set.open(8)!;
  stream.send.write(new Uint8Array(5));
  stream.send.take(3, 99, { offset: 0, length: 0, fin: false });
  set.sentBytes = set.maxDataToSend;
  assertEquals(set.hasSendable, false);
  stream.send.onLost(0, 3, false);
  assertEquals(set.nextSendable(), stream);
});

Deno.test("StreamSet.takeTurn() lets equals go first", () => {
  const set = setOf(false);
  const [one, two, other] = [set.open(8)!, set.open(8)!, set.open(9)!];
  for (const stream of [one, two, other]) stream.send.write(new Uint8Array(9));
  const turns: number[] = [];
  for (let i = 0; i < 4; i++) {
    const stream = set.nextSendable()!;
    turns.push(stream.id);
    set.takeTurn(stream);
  }
  assertEquals(turns, [one.id, two.id, one.id, two.id]);
});
