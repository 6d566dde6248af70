import type {
  StoreReply,
  StoreWrite,
} from "../../../lib/store/store_messages.ts";
import { type Act, plainMessage } from "../../../lib/chat/room_event.ts";
import { encodeHex } from "../../../lib/base/bytes.ts";
import type { LogEvent } from "../../../lib/chat/room_log.ts";

/** 32 bytes in hexadecimal, as the hash of a client instance is. */
export function authorKey(author: number): string {
  return encodeHex(new Uint8Array(32).fill(author));
}

/** Makes events with the sequence numbers from `first` to `last`, of three authors in turn. */
export function logEvents(first: number, last: number): LogEvent[] {
  return Array.from(
    { length: last - first + 1 },
    (_, i) => logEvent(first + i),
  );
}

/** Makes an event. */
export function logEvent(
  sequence: number,
  change: Partial<LogEvent> = {},
): LogEvent {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, sequence);
  return {
    sequence,
    id,
    authorKey: authorKey(sequence % 3),
    accountId: 0,
    author: `Author ${sequence % 3}`,
    act: plainMessage(`Message ${sequence}`),
    timeMs: 1_700_000_000_000 + sequence,
    ...change,
  };
}

/** Makes the event of a message. */
export function said(
  sequence: number,
  text: string,
  change: Partial<LogEvent> = {},
): LogEvent {
  return logEvent(sequence, { act: plainMessage(text), ...change });
}

/** Makes the event of any other act. */
export function done(sequence: number, act: Act): LogEvent {
  return logEvent(sequence, { act });
}

/** What writes events of a room. */
export function writesOf(
  events: readonly LogEvent[],
  roomId = 1,
): StoreWrite[] {
  return events.map((event) => ({ type: "event", roomId, event }));
}

/** What is answered when events of the default room are written. */
export function committedThrough(throughSequence: number): StoreReply {
  const appended = [{ roomId: 1, throughSequence }];
  return { type: "committed", appended, changed: [] };
}
