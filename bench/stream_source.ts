/**
 * The sending end of the stream measurement: short messages alone, then the same
 * beside a stream that is never empty. Its argument is a `SourceOrder` as JSON;
 * it prints `SourceFigures` as JSON.
 *
 * @module
 */

import { randomBytes } from "../lib/app/random_bytes.ts";
import { loadSodium } from "../lib/crypto/sodium.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../lib/net/udp_driver.ts";
import { UdpSocket } from "../lib/net/udp_socket.ts";
import type { Connection } from "../lib/transport/connection.ts";
import { Endpoint } from "../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../lib/transport/transport_config.ts";
import { readCpu } from "./proc.ts";
import {
  CHUNK_BYTES,
  chunkByte,
  NOTE_BYTES,
  SESSION_KEY,
  sharedClockUs,
} from "./stream_content.ts";

/** How long to send, and where to. */
export interface SourceOrder {
  /** The sink's port. */
  readonly port: number;
  /** How long the stream is kept full. */
  readonly seconds: number;
}

/** What went out. */
export interface SourceFigures {
  /** Bytes of the stream, all acknowledged. */
  readonly bytes: number;
  /** From the first byte to the last acknowledgement. */
  readonly seconds: number;
  /** Short messages sent. */
  readonly notes: number;
  /** Processor time of this process in that time. */
  readonly cpuSeconds: number;
}

/** The stream ends here at the latest. */
const MAX_BYTES = 1024 ** 3;
/** Written and not acknowledged: enough that the transport never waits for us. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
/** Short messages are this far apart, and go on alone for so long. */
const NOTE_INTERVAL_MS = 10;
const ALONE_MS = 1_000;
/** Files wait for chat. */
const FILE_PRIORITY = 1;
/** How long the last bytes may take. */
const FLUSH_TIMEOUT_MS = 10_000;

async function main({ port, seconds }: SourceOrder): Promise<void> {
  const established = Promise.withResolvers<void>();
  const endpoint = new Endpoint({
    config: DEFAULT_TRANSPORT_CONFIG,
    crypto: await loadSodium(),
    random: randomBytes,
  });
  const connection = endpoint.connect(
    { hostname: "127.0.0.1", port },
    monotonicUs(),
  );
  const driver = new UdpDriver({
    endpoint,
    sockets: [UdpSocket.bind({ hostname: "127.0.0.1", port: 0 })],
    nowUs: monotonicUs,
    onEvent: ({ event }) => {
      if (event.type === "identified") {
        connection.sendAuth(new Uint8Array(1));
        connection.authenticated(SESSION_KEY);
      } else if (event.type === "established") established.resolve();
      else if (event.type === "closed") Deno.exit(1);
    },
    onError: (error) => {
      throw error;
    },
  });
  const wake = () => void driver.wake();
  wake();
  await established.promise;
  const notes = new Notes(connection, wake);
  await sleep(ALONE_MS);
  const figures = await fill(connection, { wake, seconds });
  notes.stop();
  connection.streams.finish(0);
  wake();
  await flush(connection, 0);
  console.log(JSON.stringify({ ...figures, notes: notes.count }));
}

/** Sends short messages until it is stopped. */
class Notes {
  count = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(connection: Connection, wake: () => void) {
    this.#timer = setInterval(() => {
      const note = new Uint8Array(NOTE_BYTES);
      new DataView(note.buffer).setFloat64(0, sharedClockUs());
      connection.streams.write(0, note);
      this.count++;
      wake();
    }, NOTE_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Keeps a stream full for a time. */
async function fill(
  connection: Connection,
  { wake, seconds }: { wake: () => void; seconds: number },
): Promise<Omit<SourceFigures, "notes">> {
  // The transport keeps what is written by reference, so chunks can be shared.
  const chunks = Array.from(
    { length: 256 },
    (_, i) => new Uint8Array(CHUNK_BYTES).fill(chunkByte(i * CHUNK_BYTES)),
  );
  const streamId = connection.streams.open(FILE_PRIORITY)!;
  const startMs = performance.now();
  const cpuBefore = cpuSeconds();
  let bytes = 0;
  while (performance.now() - startMs < seconds * 1_000 && bytes < MAX_BYTES) {
    while (connection.streams.bufferedBytes(streamId) < BUFFERED_BYTES) {
      connection.streams.write(
        streamId,
        chunks[(bytes / CHUNK_BYTES) % chunks.length]!,
      );
      bytes += CHUNK_BYTES;
    }
    wake();
    await sleep(1);
  }
  connection.streams.finish(streamId);
  wake();
  await flush(connection, streamId);
  return {
    bytes,
    seconds: (performance.now() - startMs) / 1_000,
    cpuSeconds: cpuSeconds() - cpuBefore,
  };
}

/** Waits until everything on a stream is acknowledged. */
async function flush(connection: Connection, streamId: number): Promise<void> {
  const giveUpMs = performance.now() + FLUSH_TIMEOUT_MS;
  while (connection.streams.bufferedBytes(streamId) > 0) {
    if (performance.now() > giveUpMs) throw new Error("the stream hangs");
    await sleep(1);
  }
}

function cpuSeconds(): number {
  const { user, system } = readCpu(Deno.pid);
  return user + system;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
