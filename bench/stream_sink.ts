/**
 * The receiving end of the stream measurement: reads everything of every stream
 * and checks it. Prints `{"port":...}`, and `SinkFigures` as JSON when both
 * streams have ended.
 *
 * @module
 */

import { randomBytes } from "../lib/app/random_bytes.ts";
import { loadSodium } from "../lib/crypto/sodium.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../lib/net/udp_driver.ts";
import { UdpSocket } from "../lib/net/udp_socket.ts";
import type { Connection } from "../lib/transport/connection.ts";
import { Endpoint, type EndpointEvent } from "../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../lib/transport/transport_config.ts";
import { Histogram } from "./histogram.ts";
import { readCpu } from "./proc.ts";
import {
  chunkByte,
  NOTE_BYTES,
  SESSION_KEY,
  sharedClockUs,
} from "./stream_content.ts";
import type { Percentiles } from "./workload.ts";

/** What came. */
export interface SinkFigures {
  /** Bytes of the full stream. */
  readonly bytes: number;
  /** Pieces that were not what belongs there. */
  readonly wrong: number;
  /** Short messages that came. */
  readonly notes: number;
  /** Their times, before the full stream started and beside it. */
  readonly aloneUs: Percentiles;
  readonly besideUs: Percentiles;
  /** Processor time of this process while the stream was full. */
  readonly cpuSeconds: number;
}

class Sink {
  bytes = 0;
  wrong = 0;
  notes = 0;
  readonly alone = new Histogram();
  readonly beside = new Histogram();
  #note = new Uint8Array(0);
  #cpuBefore: number | undefined;
  readonly #ended = new Set<number>();

  handleEvent({ connection, event }: EndpointEvent): void {
    switch (event.type) {
      case "authReadable":
        connection.readAuth();
        connection.authenticated(SESSION_KEY);
        return;
      case "streamReadable":
        if (event.streamId === 0) this.#readNotes(connection);
        else this.#readStream(connection, event.streamId);
        if (connection.streams.isFinished(event.streamId)) {
          this.#noteEnd(event.streamId);
        }
        return;
      case "identified":
      case "established":
      case "streamOpened":
      case "streamDrained":
      case "streamReset":
      case "streamStopped":
      case "pathUnresponsive":
      case "pathResponsive":
      case "datagramReceived":
      case "closed":
        return;
    }
  }

  /** More than one event may lead here for one end. */
  #noteEnd(streamId: number): void {
    if (this.#ended.has(streamId)) return;
    this.#ended.add(streamId);
    if (this.#ended.size < 2) return;
    const figures: SinkFigures = {
      bytes: this.bytes,
      wrong: this.wrong,
      notes: this.notes,
      aloneUs: this.alone.percentiles(),
      besideUs: this.beside.percentiles(),
      cpuSeconds: cpuSeconds() - (this.#cpuBefore ?? cpuSeconds()),
    };
    console.log(JSON.stringify(figures));
  }

  #readStream(connection: Connection, streamId: number): void {
    this.#cpuBefore ??= cpuSeconds();
    for (;;) {
      const piece = connection.streams.read(streamId);
      if (piece === undefined) return;
      const end = this.bytes + piece.length;
      if (
        piece[0] !== chunkByte(this.bytes) ||
        piece[piece.length - 1] !== chunkByte(end - 1)
      ) this.wrong++;
      this.bytes = end;
    }
  }

  #readNotes(connection: Connection): void {
    for (;;) {
      const bytes = connection.streams.read(0);
      if (bytes === undefined) return;
      const note = new Uint8Array(this.#note.length + bytes.length);
      note.set(this.#note);
      note.set(bytes, this.#note.length);
      let at = 0;
      for (; at + NOTE_BYTES <= note.length; at += NOTE_BYTES) {
        const sentUs = new DataView(note.buffer).getFloat64(at);
        const isBeside = this.#cpuBefore !== undefined;
        (isBeside ? this.beside : this.alone).add(sharedClockUs() - sentUs);
        this.notes++;
      }
      this.#note = note.slice(at);
    }
  }
}

function cpuSeconds(): number {
  const { user, system } = readCpu(Deno.pid);
  return user + system;
}

const sink = new Sink();
const socket = UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });
// It lives as long as the process.
new UdpDriver({
  endpoint: new Endpoint({
    config: DEFAULT_TRANSPORT_CONFIG,
    crypto: await loadSodium(),
    random: randomBytes,
    server: { staticSecret: randomBytes(32), resetKey: randomBytes(32) },
  }),
  sockets: [socket],
  nowUs: monotonicUs,
  onEvent: (event) => sink.handleEvent(event),
  onError: (error) => {
    throw error;
  },
});
console.log(JSON.stringify({ port: socket.local.port }));
