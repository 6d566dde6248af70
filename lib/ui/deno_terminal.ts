/**
 * The standard streams of this process, for the terminal faces.
 *
 * @module
 */

import type { PipeIo } from "./pipe_face.ts";
import type { FileSaving, TerminalIo } from "./terminal_console.ts";

const encoder = new TextEncoder();

/** As much as a terminal or a pipe hands over at once. */
const READ_BYTES = 65_536;

/**
 * Opens the terminal that standard input and output are.
 *
 * @returns The terminal. A read of it stays pending for ever, so the program
 *   must end with `Deno.exit`.
 */
export function openTerminal(): TerminalIo {
  let raw = false;
  return {
    write: (text) => writeAll(Deno.stdout, text),
    onInput: (listener) => {
      // Without a listener the hang-up would end the program on the spot.
      onSignal("SIGHUP", () => listener(undefined));
      void readInput(listener);
    },
    onResize: (listener) => {
      onSignal("SIGWINCH", listener);
      // After a stop the shell has reset the terminal.
      onSignal("SIGCONT", () => {
        setRaw(raw);
        listener();
      });
    },
    size: readSize,
    setRaw: (wanted) => {
      raw = wanted;
      setRaw(wanted);
    },
    saveFile,
  };
}

function saveFile(path: string, text: string): FileSaving {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true });
    return { type: "saved" };
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return { type: "exists" };
    const reason = error instanceof Error ? error.message : String(error);
    return { type: "failed", reason };
  }
}

/**
 * Opens the standard streams for a script.
 *
 * @returns The streams.
 */
export function openPipe(): PipeIo {
  const buffer = new Uint8Array(READ_BYTES);
  return {
    read: async () => {
      const count = await Deno.stdin.read(buffer);
      return count === null ? undefined : buffer.slice(0, count);
    },
    write: async (text) => {
      let rest = encoder.encode(text);
      while (rest.length > 0) {
        rest = rest.subarray(await Deno.stdout.write(rest));
      }
    },
    writeError: (text) => writeAll(Deno.stderr, text),
  };
}

/** What cannot be shown is not worth failing for: the room must still be left. */
function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  let rest = encoder.encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch {
    // The window was closed; its hang-up ends the program.
  }
}

function readSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    // A serial line does not know its size and says 0.
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    // As above.
    return { columns: 80, rows: 24 };
  }
}

function setRaw(raw: boolean): void {
  try {
    Deno.stdin.setRaw(raw);
  } catch {
    // As above.
  }
}

async function readInput(
  listener: (bytes: Uint8Array | undefined) => void,
): Promise<void> {
  const buffer = new Uint8Array(READ_BYTES);
  for (;;) {
    // A terminal that was closed answers with an error on some systems.
    const count = await Deno.stdin.read(buffer).catch(() => null);
    if (count === null) return listener(undefined);
    listener(buffer.slice(0, count));
  }
}

function onSignal(signal: Deno.Signal, listener: () => void): void {
  try {
    Deno.addSignalListener(signal, listener);
  } catch {
    // Windows lacks some; the size is asked for before every line anyway.
  }
}
