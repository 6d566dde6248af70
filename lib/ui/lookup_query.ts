/**
 * What a person looks up, as a question to the server.
 *
 * @module
 */

import { MAX_ANSWER_MESSAGES, MAX_TIME_MS } from "../chat/limits.ts";
import type { RoomQuery } from "../chat/request.ts";
import type { CalendarDay, LookupCommand } from "./lookup_command.ts";

/** What fits a screen. */
const DEFAULT_MESSAGES = 20;

/**
 * Makes a question of a command.
 *
 * @param command What was typed.
 * @param options The oldest message on the screen, 0 for none; and where days
 * begin, undefined for the system's time zone.
 * @returns The question.
 */
export function lookupQuery(
  command: LookupCommand,
  { oldestShown, timeZone }: {
    readonly oldestShown: number;
    readonly timeZone: string | undefined;
  },
): RoomQuery {
  switch (command.type) {
    case "history": {
      const { count = DEFAULT_MESSAGES } = command;
      return {
        type: "history",
        direction: "before",
        sequence: oldestShown,
        limit: Math.min(count, MAX_ANSWER_MESSAGES),
      };
    }
    case "search": {
      const { words, author, since, until, before } = command;
      const end = until && { ...until, day: until.day + 1 };
      return {
        type: "search",
        words,
        author,
        sinceMs: since === undefined ? 0 : dayStartMs(since, timeZone),
        untilMs: end === undefined
          ? MAX_TIME_MS
          : dayStartMs(end, timeZone) - 1,
        before,
        limit: DEFAULT_MESSAGES,
      };
    }
    case "who":
      return { type: "who" };
    case "whois":
      return { type: "whois", name: command.name };
    case "receipts":
    case "roll":
      return { type: command.type, target: command.target };
  }
}

/**
 * Tells when a day begins.
 *
 * @param day The day; one that is past its month's end is in the next.
 * @param timeZone Where; undefined for the system's time zone.
 * @returns Milliseconds since 1970, not below 0.
 */
export function dayStartMs(
  { year, month, day }: CalendarDay,
  timeZone: string | undefined,
): number {
  const wantedMs = Date.UTC(year, month - 1, day);
  let startMs = wantedMs;
  // Once more, because the first guess may lie before a change of clocks.
  for (let i = 0; i < 2; i++) {
    startMs += wantedMs - localMs(startMs, timeZone);
  }
  return Math.max(0, startMs);
}

/** The time that clocks show there, as if they showed UTC. */
function localMs(timeMs: number, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(timeMs);
  const part = (type: string) =>
    Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
}
