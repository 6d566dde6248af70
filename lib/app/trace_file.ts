import type { TraceEvent } from "../transport/trace_event.ts";
import { makePrivate } from "../store/private_file.ts";
import {
  qlogEvent,
  qlogHeader,
  type QlogStart,
  qlogWarning,
  RECORD_SEPARATOR,
} from "./qlog.ts";
import { VERSION } from "./version.ts";

/** A trace of a day's chat is a few megabytes; of a file transfer it must not fill the disk. */
export const MAX_TRACE_BYTES: number = 256 * 1024 * 1024;
/** Gathered before it is written: a write for each packet would change what is measured. */
const BUFFER_BYTES = 64 * 1024;
/** Who watches the file sees what happened up to so long ago. */
const FLUSH_MS = 1_000;

/**
 * What the first record of this program's trace says.
 *
 * @param vantage Which program it is.
 */
export function qlogStart(vantage: QlogStart["vantage"]): QlogStart {
  return {
    vantage,
    title: `gas-${vantage} ${VERSION}`,
    // Where `monotonicUs` is 0.
    startMs: performance.timeOrigin,
  };
}

/** Why a file cannot become a trace. */
export class TraceFileError extends Error {
  /** The name errors of this class print. */
  override readonly name = "TraceFileError";
}

/**
 * Makes an empty file that only its owner can read. An older trace is replaced, any other file stays.
 *
 * @param path The file.
 * @throws {TraceFileError} If the file holds something else.
 * @throws {Error} The system's, if it cannot be written.
 */
export function createTraceFile(path: string): void {
  if (!isFree(path)) throw new TraceFileError("it is there, and no trace");
  using file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
  makePrivate(path);
  file.truncateSync();
}

/** The packets of all connections of one program, in a file made by `createTraceFile`. */
export class TraceFile implements Disposable {
  readonly #maxBytes: number;
  readonly #onError: (error: unknown) => void;
  #file: Deno.FsFile | undefined;
  #lines: string[] = [];
  #lineBytes = 0;
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Opens the file.
   *
   * @param path An empty file.
   * @param options What its first record says, who is told that it cannot be written any more, and how large it gets.
   */
  constructor(
    path: string,
    options: {
      start: QlogStart;
      onError: (error: unknown) => void;
      maxBytes?: number;
    },
  ) {
    this.#maxBytes = options.maxBytes ?? MAX_TRACE_BYTES;
    this.#onError = options.onError;
    this.#file = Deno.openSync(path, { append: true });
    this.#add(qlogHeader(options.start));
  }

  /** Writes an event, soon. */
  handleTrace(event: TraceEvent): void {
    if (this.#file === undefined) return;
    this.#add(qlogEvent(event));
    if (this.#bytes + this.#lineBytes < this.#maxBytes) return;
    const message =
      `the trace ends here: it has reached its ${this.#maxBytes} bytes`;
    this.#add(qlogWarning(message, event.timeUs));
    this.#close();
  }

  /** Writes what is left and closes the file. */
  [Symbol.dispose](): void {
    this.#close();
  }

  #add(line: string): void {
    this.#lines.push(line);
    // ASCII alone is in there: addresses, numbers, names of ours.
    this.#lineBytes += line.length;
    if (this.#lineBytes >= BUFFER_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const file = this.#file;
    if (file === undefined) return;
    let rest = new TextEncoder().encode(this.#lines.join(""));
    this.#bytes += rest.length;
    this.#lines = [];
    this.#lineBytes = 0;
    try {
      while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
    } catch (error) {
      this.#file = undefined;
      file.close();
      this.#onError(error);
    }
  }

  #close(): void {
    this.#flush();
    this.#file?.close();
    this.#file = undefined;
  }
}

/** True if nothing is there, or an empty file, or a trace. */
function isFree(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    if (!file.statSync().isFile) return false;
    const first = new Uint8Array(1);
    return file.readSync(first) === null ||
      first[0] === RECORD_SEPARATOR.charCodeAt(0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}
