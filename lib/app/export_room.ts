import type { RoomEntry } from "../chat/room_record.ts";
import { RoomReader } from "../store/room_reader.ts";
import { storeErrorOf } from "../store/store_error.ts";
import { writeAll, writeWholeFile } from "../store/whole_file.ts";
import { HtmlExport } from "../ui/export_html.ts";
import { jsonExportEntry, jsonExportHead } from "../ui/export_json.ts";
import type { Language } from "../ui/strings.ts";
import { type ExportCommand, STANDARD_OUTPUT } from "./server_options.ts";

/** What is written at a time: a call of the system for each line is slow. */
const CHUNK_LENGTH = 65_536;

/** What is exported, and how. */
export interface ExportOptions {
  /** The server's database. */
  readonly path: string;
  /** Which room, in which format, and where to. */
  readonly command: ExportCommand;
  /** The language of an HTML file. */
  readonly language: Language;
  /** The time zone of an HTML file. */
  readonly timeZone: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Takes what goes to standard output. */
  readonly output: { writeSync(bytes: Uint8Array): number };
}

/** What was exported. */
export interface Exported {
  /** What the room is called. */
  readonly room: string;
  /** How many messages; removed ones count. */
  readonly messages: number;
}

/**
 * Writes a room to a file, in bounded memory.
 *
 * @param options What, and how.
 * @returns What was exported.
 * @throws {StoreError} If it cannot be read or written; then there is no file,
 *   or the one that was there.
 * @throws {Deno.errors.BrokenPipe} If whoever reads standard output has enough.
 */
export function exportRoom(options: ExportOptions): Exported {
  const { path, command, output } = options;
  const { file, format, isReplacing } = command;
  using reader = RoomReader.open(path, command.room);
  const parts = format === "html"
    ? htmlParts(reader, options)
    : jsonParts(reader, options);
  let messages = 0;
  const produce = (write: (bytes: Uint8Array) => void) => {
    messages = writeParts(parts, write);
  };
  if (file === STANDARD_OUTPUT) {
    produce((bytes) => writeOutput(output, bytes));
  } else writeWholeFile(file, { isReplacing }, produce);
  return { room: reader.facts.name, messages };
}

/**
 * Writes to standard output what was asked for.
 *
 * @param output Where to.
 * @param bytes What.
 * @throws {StoreError} If it cannot be written.
 * @throws {Deno.errors.BrokenPipe} If whoever reads it has enough.
 */
export function writeOutput(
  output: ExportOptions["output"],
  bytes: Uint8Array,
): void {
  try {
    writeAll(output, bytes);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw error;
    throw storeErrorOf(error, STANDARD_OUTPUT);
  }
}

/** A part of the file, and whether it is a message. */
interface Part {
  readonly text: string;
  readonly isMessage: boolean;
}

/** Writes parts in chunks; counts the messages. */
function writeParts(
  parts: Iterable<Part>,
  write: (bytes: Uint8Array) => void,
): number {
  const encoder = new TextEncoder();
  let messages = 0;
  let waiting = "";
  for (const { text, isMessage } of parts) {
    if (isMessage) messages++;
    waiting += text;
    if (waiting.length < CHUNK_LENGTH) continue;
    write(encoder.encode(waiting));
    waiting = "";
  }
  write(encoder.encode(waiting));
  return messages;
}

function* jsonParts(
  reader: RoomReader,
  { nowMs }: ExportOptions,
): Generator<Part> {
  yield { text: jsonExportHead(reader.facts, nowMs), isMessage: false };
  yield* entryParts(reader, jsonExportEntry);
}

function* htmlParts(
  reader: RoomReader,
  { language, nowMs, timeZone }: ExportOptions,
): Generator<Part> {
  const html = new HtmlExport(reader.facts, { language, nowMs, timeZone });
  yield { text: html.head(), isMessage: false };
  yield* entryParts(reader, (entry) => html.entry(entry));
  yield { text: html.end(), isMessage: false };
}

function* entryParts(
  reader: RoomReader,
  write: (entry: RoomEntry) => string,
): Generator<Part> {
  for (const page of reader.pages()) {
    for (const entry of page) {
      yield { text: write(entry), isMessage: entry.type === "message" };
    }
  }
}
