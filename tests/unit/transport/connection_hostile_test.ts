/**
 * Peers that have the keys and break the protocol: the connection closes with
 * the right code, the peer is told, and the endpoint lives on.
 */
import { assert, assertEquals } from "@std/assert";
import { Writer } from "../../../lib/base/bytes.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../../../lib/transport/transport_config.ts";
import { TransportErrorCode } from "../../../lib/wire/error_code.ts";
import {
  type ControlFrame,
  MAX_REQUESTED_ACK_DELAY_US,
} from "../../../lib/wire/frame.ts";
import {
  ackFrame,
  authFrame,
  Hostile,
  payload,
  streamFrame,
} from "./hostile.ts";
import { CLIENT, Pair } from "./pair.ts";

const { maxData, maxStreamData, maxStreams } = DEFAULT_TRANSPORT_CONFIG;
const NOTHING = new Uint8Array(0);

/** A server in the login epoch, and the client's keys. */
function inLogin(): { pair: Pair; hostile: Hostile } {
  const pair = new Pair();
  pair.server.logsIn = false;
  pair.connect();
  assert(pair.runUntil(() => pair.server.has("authReadable"), 1_000_000));
  return { pair, hostile: new Hostile(pair, pair.client) };
}

/** Both in the data epoch; the test speaks for the client or for the server. */
function inData(as: "client" | "server" = "client"): {
  pair: Pair;
  hostile: Hostile;
} {
  const pair = new Pair();
  pair.establish();
  return { pair, hostile: new Hostile(pair, pair[as]) };
}

/** The victim closed with that code, and said so. */
function assertClosed(hostile: Hostile, code: number, what?: string): void {
  const reason = hostile.closed;
  assertEquals(reason?.type, "transport", what);
  assert(reason?.type === "transport");
  assertEquals([reason.by, reason.code], ["local", code], what);
  const said = hostile.heard(0).find((frame) =>
    frame.type === "connectionClose"
  );
  assert(said?.type === "connectionClose", what);
  assertEquals([said.code, said.reason], [code, reason.reason], what);
}

/** A new client gets in: the endpoint survived. */
function assertAlive(pair: Pair): void {
  pair.client.events.length = 0;
  pair.server.events.length = 0;
  pair.server.logsIn = true;
  pair.delivers = () => true;
  pair.establish();
}

function ackFrequency(
  sequence: number,
  threshold: number,
  maxAckDelayUs: number,
): ControlFrame {
  return { type: "ackFrequency", sequence, threshold, maxAckDelayUs };
}

/** Single frames that break the protocol wherever they are sent in data. */
const BAD_FRAMES: readonly {
  name: string;
  frame: Uint8Array;
  code: number;
}[] = [
  {
    name: "an unknown type",
    frame: Uint8Array.of(0x3f),
    code: TransportErrorCode.frameEncoding,
  },
  {
    name: "a type that QUIC has and this protocol has not",
    frame: Uint8Array.of(0x1e),
    code: TransportErrorCode.frameEncoding,
  },
  {
    name: "a frame that is cut off",
    frame: Uint8Array.of(0x04, 0x00),
    code: TransportErrorCode.frameEncoding,
  },
  {
    name: "ACK_FREQUENCY with a threshold of 0",
    frame: Uint8Array.of(0xaf, 1, 0, 1),
    code: TransportErrorCode.frameEncoding,
  },
  {
    name: "ACK_FREQUENCY with a delay above its limit",
    frame: payload(ackFrequency(1, 2, MAX_REQUESTED_ACK_DELAY_US + 1)),
    code: TransportErrorCode.frameEncoding,
  },
  {
    name: "a payload without a frame",
    frame: NOTHING,
    code: TransportErrorCode.protocolViolation,
  },
  {
    name: "an ACK of an unsent packet",
    frame: ackFrame(0, 1_000),
    code: TransportErrorCode.protocolViolation,
  },
  {
    name: "an ACK of the largest packet number there is",
    frame: ackFrame(0, 2 ** 53 - 2),
    code: TransportErrorCode.protocolViolation,
  },
  {
    name: "AUTH beyond its limit",
    frame: authFrame(4_000, new Uint8Array(97)),
    code: TransportErrorCode.authBufferExceeded,
  },
  {
    name: "AUTH far beyond its limit",
    frame: authFrame(2 ** 52, new Uint8Array(1)),
    code: TransportErrorCode.authBufferExceeded,
  },
];

for (const { name, frame, code } of BAD_FRAMES) {
  Deno.test(`a server closes for ${name}`, () => {
    const { pair, hostile } = inData();
    hostile.send(frame);
    assertClosed(hostile, code);
    assertAlive(pair);
  });

  Deno.test(`a client closes for ${name}`, () => {
    const { hostile } = inData("server");
    hostile.send(frame);
    assertClosed(hostile, code);
  });
}

/** Frames about streams, sent by a client to a server. */
const BAD_STREAM_FRAMES: readonly {
  name: string;
  frames: readonly Uint8Array[];
  code: number;
}[] = [
  {
    name: "a byte beyond a stream's credit",
    frames: [streamFrame(0, maxStreamData, new Uint8Array(1))],
    code: TransportErrorCode.flowControl,
  },
  {
    name: "bytes beyond the connection's credit",
    frames: [2, 4, 6, 8, 10].map((id) =>
      streamFrame(id, maxStreamData - 1, new Uint8Array(1))
    ),
    code: TransportErrorCode.flowControl,
  },
  {
    name: "RESET_STREAM beyond the stream's credit",
    frames: [payload(reset(2, maxStreamData + 1))],
    code: TransportErrorCode.flowControl,
  },
  {
    name: "RESET_STREAM beyond the connection's credit",
    frames: [payload(
      ...[2, 4, 6, 8, 10].map((id) => reset(id, maxStreamData)),
    )],
    code: TransportErrorCode.flowControl,
  },
  {
    name: "a stream beyond the limit",
    frames: [streamFrame(2 * maxStreams, 0, NOTHING)],
    code: TransportErrorCode.streamLimit,
  },
  {
    name: "RESET_STREAM of a stream beyond the limit",
    frames: [payload(reset(2 * maxStreams, 0))],
    code: TransportErrorCode.streamLimit,
  },
  {
    name: "the largest stream ID there is",
    frames: [streamFrame(2 ** 53 - 2, 0, NOTHING)],
    code: TransportErrorCode.streamLimit,
  },
  {
    name: "a stream of its own that it never opened",
    frames: [streamFrame(1, 0, new Uint8Array(1))],
    code: TransportErrorCode.streamState,
  },
  {
    name: "STOP_SENDING of a stream of its own that it never opened",
    frames: [payload({ type: "stopSending", streamId: 3, errorCode: 0 })],
    code: TransportErrorCode.streamState,
  },
  {
    name: "MAX_STREAM_DATA of a stream of its own that it never opened",
    frames: [payload({ type: "maxStreamData", streamId: 3, maximum: 1 })],
    code: TransportErrorCode.streamState,
  },
  {
    name: "bytes after the end of a stream",
    frames: [
      streamFrame(2, 0, new Uint8Array(5), true),
      streamFrame(2, 5, new Uint8Array(1)),
    ],
    code: TransportErrorCode.finalSize,
  },
  {
    name: "an end before bytes that arrived",
    frames: [
      streamFrame(2, 0, new Uint8Array(5)),
      streamFrame(2, 0, new Uint8Array(4), true),
    ],
    code: TransportErrorCode.finalSize,
  },
  {
    name: "a second, later end",
    frames: [
      streamFrame(2, 0, new Uint8Array(5), true),
      streamFrame(2, 0, new Uint8Array(6), true),
    ],
    code: TransportErrorCode.finalSize,
  },
  {
    name: "RESET_STREAM with another length than FIN had",
    frames: [
      streamFrame(2, 0, new Uint8Array(5), true),
      payload(reset(2, 6)),
    ],
    code: TransportErrorCode.finalSize,
  },
  {
    name: "RESET_STREAM below what arrived",
    frames: [streamFrame(2, 0, new Uint8Array(5)), payload(reset(2, 4))],
    code: TransportErrorCode.finalSize,
  },
  {
    name: "a second RESET_STREAM with another length",
    frames: [payload(reset(2, 4)), payload(reset(2, 5))],
    code: TransportErrorCode.finalSize,
  },
];

function reset(streamId: number, finalSize: number): ControlFrame {
  return { type: "resetStream", streamId, errorCode: 1, finalSize };
}

for (const { name, frames, code } of BAD_STREAM_FRAMES) {
  Deno.test(`a server closes for ${name}`, () => {
    const { pair, hostile } = inData();
    pair.server.reads = false;
    for (const frame of frames.slice(0, -1)) hostile.send(frame);
    assertEquals(hostile.closed, undefined);
    hostile.send(frames.at(-1)!);
    assertClosed(hostile, code);
    assertAlive(pair);
  });
}

Deno.test("a packet of the login epoch may carry nothing of the data epoch", () => {
  const frames: Record<string, Uint8Array> = {
    resetStream: payload(reset(0, 0)),
    stopSending: payload({ type: "stopSending", streamId: 0, errorCode: 0 }),
    stream: streamFrame(0, 0, new Uint8Array(1)),
    maxData: payload({ type: "maxData", maximum: 1 }),
    maxStreamData: payload({ type: "maxStreamData", streamId: 0, maximum: 1 }),
    maxStreams: payload({ type: "maxStreams", maximum: 1 }),
    dataBlocked: payload({ type: "dataBlocked", limit: 1 }),
    streamDataBlocked: payload({
      type: "streamDataBlocked",
      streamId: 0,
      limit: 1,
    }),
    streamsBlocked: payload({ type: "streamsBlocked", limit: 1 }),
    pathChallenge: payload({ type: "pathChallenge", data: new Uint8Array(8) }),
    pathResponse: payload({ type: "pathResponse", data: new Uint8Array(8) }),
    ackFrequency: payload(ackFrequency(0, 2, 10_000)),
    immediateAck: payload({ type: "immediateAck" }),
    datagram: Uint8Array.of(0x30, 1),
    behindPing: payload({ type: "ping" }, { type: "maxData", maximum: 1 }),
  };
  for (const [name, frame] of Object.entries(frames)) {
    const { hostile } = inLogin();
    hostile.send(frame, { epoch: 0 });
    assertClosed(hostile, TransportErrorCode.protocolViolation, name);
  }
});

Deno.test("frames of the data epoch stay forbidden under login keys after the login", () => {
  const { pair, hostile } = inLogin();
  pair.server.connection!.authenticated(new Uint8Array(64).fill(9));
  hostile.send(streamFrame(0, 0, new Uint8Array(1)), { epoch: 0 });
  const reason = hostile.closed;
  assert(reason?.type === "transport");
  assertEquals(reason.code, TransportErrorCode.protocolViolation);
});

Deno.test("a server that saw the data epoch opens nothing of the login epoch", () => {
  const { pair, hostile } = inData();
  const before = pair.server.endpoint.stats.unopened;
  hostile.send(Uint8Array.of(0x3f), { epoch: 0 });
  assertEquals(pair.server.endpoint.stats.unopened, before + 1);
  assertEquals(hostile.closed, undefined);
});

Deno.test("PADDING, PING, ACK and AUTH are allowed in the login epoch", () => {
  const { pair, hostile } = inLogin();
  hostile.send(
    payload(Uint8Array.of(0, 0), { type: "ping" }, authFrame(100, NOTHING)),
    { epoch: 0 },
  );
  hostile.send(ackFrame(0, 0), { epoch: 0 });
  pair.advance(100_000);
  assertEquals(hostile.closed, undefined);
});

Deno.test("a packet whose phase bit was changed is dropped", () => {
  const { pair, hostile } = inData();
  const before = pair.server.endpoint.stats.unopened;
  // Sealed with the present key, and not with the next.
  hostile.send(payload({ type: "ping" }), { keyPhase: 1 });
  assertEquals(pair.server.endpoint.stats.unopened, before + 1);
  assertEquals(hostile.closed, undefined);
});

Deno.test("a peer's PATH_CHALLENGE is answered by the same bytes, a flood of them by a few", () => {
  const { pair, hostile } = inData();
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  let since = pair.sent.length;
  hostile.send(payload({ type: "pathChallenge", data }));
  const answers = hostile.heard(since).filter(({ type }) =>
    type === "pathResponse"
  );
  assertEquals(answers, [{ type: "pathResponse", data }]);
  since = pair.sent.length;
  const flood = Array.from({ length: 100 }, (_, i) => ({
    type: "pathChallenge" as const,
    data: new Uint8Array(8).fill(i),
  }));
  hostile.send(payload(...flood));
  const few = hostile.heard(since).filter(({ type }) =>
    type === "pathResponse"
  );
  assert(few.length >= 1 && few.length <= 4, `${few.length} answers`);
});

Deno.test("a PATH_RESPONSE that nobody asked for is ignored", () => {
  const { pair, hostile } = inData();
  for (const fill of [0, 1]) {
    const data = new Uint8Array(8).fill(fill);
    hostile.send(payload({ type: "pathResponse", data }));
  }
  assertEquals(hostile.closed, undefined);
  assertEquals(pair.server.connection!.remote, CLIENT);
});

Deno.test("a bad frame behind good ones leaves them without effect", () => {
  const { pair, hostile } = inData();
  hostile.send(payload(
    streamFrame(0, 0, new Uint8Array(5)),
    Uint8Array.of(0x3f),
  ));
  assertEquals(pair.server.bytesOf(0).length, 0);
  assertClosed(hostile, TransportErrorCode.frameEncoding);
});

Deno.test("nothing behind a close is applied", () => {
  const { pair, hostile } = inData();
  hostile.send(payload(
    { type: "applicationClose", code: 3, reason: "bye" },
    streamFrame(0, 0, new Uint8Array(5)),
    ackFrame(0, 1_000),
  ));
  assertEquals(hostile.closed, { type: "application", code: 3, reason: "bye" });
  assertEquals(pair.server.bytesOf(0).length, 0);
  assertEquals(pair.server.endpoint.size, 0);
});

Deno.test("an application that writes to a stream the peer stopped is not disturbed", () => {
  const { pair, hostile } = inData();
  const { server } = pair;
  hostile.send(payload({ type: "stopSending", streamId: 0, errorCode: 9 }));
  assertEquals(server.count("streamStopped"), 1);
  server.connection!.streams.write(0, new Uint8Array(10));
  // Now the answering RESET_STREAM is acknowledged, and our half is done.
  pair.advance(200_000);
  hostile.send(ackFrame(0, lastNumberOf(pair)));
  server.connection!.streams.write(0, new Uint8Array(10));
  server.connection!.streams.finish(0);
  server.connection!.streams.reset(0, 1);
  assertEquals(server.connection!.streams.bufferedBytes(0), 0);
  assertEquals(hostile.closed, undefined);
});

Deno.test("RESET_STREAM and STOP_SENDING that come twice are told once", () => {
  const { pair, hostile } = inData();
  for (let i = 0; i < 3; i++) {
    hostile.send(payload(
      reset(0, 0),
      { type: "stopSending", streamId: 2, errorCode: 9 },
    ));
    hostile.send(ackFrame(0, lastNumberOf(pair)));
  }
  assertEquals(pair.server.count("streamReset"), 1);
  assertEquals(pair.server.count("streamStopped"), 1);
  assertEquals(hostile.closed, undefined);
});

/** The largest packet number of the server so far. */
function lastNumberOf(pair: Pair): number {
  return pair.sent.filter(({ toServer, bytes }) =>
    !toServer && bytes[0]! < 0x80
  ).length - 1;
}

Deno.test("credit that a peer grants never shrinks and never overflows", () => {
  const { pair, hostile } = inData();
  hostile.send(payload(
    { type: "maxData", maximum: 2 ** 53 - 1 },
    { type: "maxData", maximum: 0 },
    { type: "maxStreamData", streamId: 0, maximum: 2 ** 53 - 1 },
    { type: "maxStreamData", streamId: 0, maximum: 0 },
    { type: "maxStreams", maximum: 2 ** 52 },
    { type: "maxStreams", maximum: 0 },
  ));
  assertEquals(hostile.closed, undefined);
  const server = pair.server.connection!;
  for (let i = 0; i < 2 * maxStreams; i++) assert(server.streams.open(8));
  server.streams.write(0, new Uint8Array(maxData + 1));
  pair.drain(pair.server);
});

Deno.test("a stream in a thousand pieces is bounded", () => {
  const { pair, hostile } = inData();
  let offset = 1;
  for (let packet = 0; packet < 200 && hostile.closed === undefined; packet++) {
    const writer = new Writer(new Uint8Array(1_200));
    while (writer.remaining > 20) {
      writer.put(streamFrame(2, offset, new Uint8Array(1)));
      offset += 2;
    }
    hostile.send(writer.bytes.slice(0, writer.position));
  }
  assertClosed(hostile, TransportErrorCode.internalError);
  assertAlive(pair);
});

Deno.test("a peer that wants no ACKs gets one within the longest delay it may ask for", () => {
  const { pair, hostile } = inData();
  const { MAX_SAFE_INTEGER } = Number;
  // The numbers up to the first of these are missing: that is reported at once.
  hostile.send(payload({ type: "ping" }));
  const delayUs = MAX_REQUESTED_ACK_DELAY_US;
  hostile.send(
    payload(ackFrequency(MAX_SAFE_INTEGER, MAX_SAFE_INTEGER, delayUs)),
  );
  const since = pair.sent.length;
  pair.advance(delayUs - 1);
  assertEquals(hostile.heard(since), []);
  pair.advance(1);
  const types = hostile.heard(since).map(({ type }) => type);
  assertEquals(types, ["ack"]);
  assertEquals(hostile.closed, undefined);
});

Deno.test("a peer that wants every ACK at once gets one ACK a packet", () => {
  const { pair, hostile } = inData();
  const since = pair.sent.length;
  hostile.send(payload(ackFrequency(0, 1, 0)));
  for (let i = 0; i < 5; i++) hostile.send(payload({ type: "ping" }));
  // Many in one packet are still one.
  hostile.send(Uint8Array.of(0x1f, 0x1f, 0x1f));
  assertEquals(pair.sent.length - since, 7);
  assertEquals(hostile.closed, undefined);
});
