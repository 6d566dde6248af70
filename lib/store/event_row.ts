/**
 * Rows of events, as objects.
 *
 * @module
 */

import { encodeHex } from "../base/bytes.ts";
import { type Act, ActKind, MESSAGE_STYLES } from "../chat/room_event.ts";
import type { LogAcknowledgement, LogMessage } from "../chat/room_find.ts";
import type { LogEvent } from "../chat/room_log.ts";

/**
 * The columns of {@linkcode eventOf}. A text is read as bytes: what node:sqlite
 * makes of a text itself ends at a U+0000, which a message may hold.
 */
export const SELECT_EVENT: string = `
  SELECT sequence, message_id, instance_hash, account_id, author_name, time_ms,
    kind, target, detail, CAST(text AS BLOB) AS text_bytes
  FROM event JOIN author USING (author_id)`;

/** What the last edit of a message says, for {@linkcode currentText}. */
export const EDIT_COLUMN: string = `
  (SELECT CAST(edit.text AS BLOB) FROM event AS edit
   WHERE edit.room_id = event.room_id AND edit.target = event.sequence
     AND edit.kind = ${ActKind.edit}
   ORDER BY edit.event_id DESC LIMIT 1) AS edit_bytes`;

/** The columns of {@linkcode messageOf}. */
export const MESSAGE_COLUMNS: string = `
  event.sequence, instance_hash, event.account_id, event.author_name,
  event.time_ms, event.kind, event.target, event.detail, CAST(event.text AS BLOB) AS text_bytes,
  ${EDIT_COLUMN}`;

/** A row, by its columns. */
export type EventRow = Readonly<Record<string, unknown>>;

/**
 * Reads a row. The schema says what each column holds: its tables are STRICT.
 *
 * @param row A row of {@linkcode SELECT_EVENT}.
 * @returns The event.
 */
export function eventOf(row: EventRow): LogEvent {
  return {
    sequence: row["sequence"] as number,
    id: row["message_id"] as Uint8Array,
    authorKey: encodeHex(row["instance_hash"] as Uint8Array),
    accountId: row["account_id"] as number,
    author: row["author_name"] as string,
    act: actOf(row["kind"] as number, {
      target: row["target"] as number,
      detail: row["detail"] as number,
      text: textOfBytes(row["text_bytes"]),
    }),
    timeMs: row["time_ms"] as number,
  };
}

/**
 * Reads a message as it is now.
 *
 * @param row A row of {@linkcode MESSAGE_COLUMNS}, of a message.
 * @returns The message.
 */
export function messageOf(row: EventRow): LogMessage {
  const text = currentText(row);
  return {
    sequence: row["sequence"] as number,
    authorKey: encodeHex(row["instance_hash"] as Uint8Array),
    accountId: row["account_id"] as number,
    author: row["author_name"] as string,
    style: MESSAGE_STYLES[row["detail"] as number]!,
    replyTo: row["target"] as number,
    text,
    isEdited: text !== "" && row["edit_bytes"] !== null,
    timeMs: row["time_ms"] as number,
  };
}

/**
 * Reads an acknowledgement.
 *
 * @param row Its author's columns and its time.
 * @returns The acknowledgement.
 */
export function acknowledgementOf(row: EventRow): LogAcknowledgement {
  return {
    authorKey: encodeHex(row["instance_hash"] as Uint8Array),
    accountId: row["account_id"] as number,
    name: row["author_name"] as string,
    timeMs: row["time_ms"] as number,
  };
}

/**
 * Reads what a message says now.
 *
 * @param row A row with `text_bytes` and {@linkcode EDIT_COLUMN}.
 * @returns The text; empty if it was removed.
 */
export function currentText(row: EventRow): string {
  const written = textOfBytes(row["text_bytes"]);
  const edit = row["edit_bytes"];
  return written === "" || edit === null ? written : textOfBytes(edit);
}

/**
 * Reads a text that was selected as bytes.
 *
 * @param bytes The column's value.
 * @returns The text.
 */
export function textOfBytes(bytes: unknown): string {
  return TEXT_DECODER.decode(bytes as Uint8Array);
}

/** What the columns of that name hold. */
export interface ActColumns {
  /** The sequence number of the message that the act is about; 0 for none. */
  readonly target: number;
  /** A message's style, or whether something is on. */
  readonly detail: number;
  /** What was written. */
  readonly text: string;
}

/**
 * Gives an act as its columns.
 *
 * @param act The act.
 * @returns What they hold, apart from `kind`.
 */
export function columnsOf(act: Act): ActColumns {
  switch (act.type) {
    case "message": {
      const detail = MESSAGE_STYLES.indexOf(act.style);
      return { target: act.replyTo, detail, text: act.text };
    }
    case "edit":
      return { target: act.target, detail: 0, text: act.text };
    case "remove":
      return { target: act.target, detail: 0, text: "" };
    case "react":
      return { target: act.target, detail: Number(act.isOn), text: act.emoji };
    case "pin":
      return { target: act.target, detail: Number(act.isOn), text: "" };
    case "topic":
      return { target: 0, detail: 0, text: act.text };
    case "acknowledge":
      return { target: act.target, detail: 0, text: "" };
  }
}

function actOf(kind: number, { target, detail, text }: ActColumns): Act {
  switch (kind) {
    case ActKind.message: {
      const style = MESSAGE_STYLES[detail]!;
      return { type: "message", style, replyTo: target, text };
    }
    case ActKind.edit:
      return { type: "edit", target, text };
    case ActKind.remove:
      return { type: "remove", target };
    case ActKind.react:
      return { type: "react", target, emoji: text, isOn: detail === 1 };
    case ActKind.pin:
      return { type: "pin", target, isOn: detail === 1 };
    case ActKind.topic:
      return { type: "topic", text };
    case ActKind.acknowledge:
      return { type: "acknowledge", target };
  }
  throw new RangeError(`Cannot read an event of kind ${kind}`);
}

/** A byte order mark at the start belongs to the text. */
const TEXT_DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
