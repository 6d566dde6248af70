/**
 * Days and times as people of each language write them.
 *
 * @module
 */

import type { Language } from "../strings.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * Writes a time of day.
 *
 * @param language The language to write it in.
 * @param timeMs Milliseconds since 1970.
 * @returns For example `14:05` or `14.05`.
 */
export function formatTime(language: Language, timeMs: number): string {
  return FORMATS[language].time.format(timeMs);
}

/**
 * Writes a day with its time, for who wants to know exactly.
 *
 * @param language The language to write it in.
 * @param timeMs Milliseconds since 1970.
 * @returns For example `22 November 2026 at 14:05:09`.
 */
export function formatMoment(language: Language, timeMs: number): string {
  return FORMATS[language].moment.format(timeMs);
}

/**
 * Writes a day.
 *
 * @param language The language to write it in.
 * @param timeMs Milliseconds since 1970, somewhere in that day.
 * @param nowMs The present, for "today" and "yesterday".
 * @returns For example `Today` or `Sunday, 22 November`.
 */
export function formatDay(
  language: Language,
  timeMs: number,
  nowMs: number,
): string {
  const now = new Date(nowMs);
  const yesterday = new Date(nowMs);
  yesterday.setDate(now.getDate() - 1);
  const day = new Date(timeMs);
  const strings = PAGE_STRINGS[language];
  if (day.toDateString() === now.toDateString()) return strings.today;
  if (day.toDateString() === yesterday.toDateString()) return strings.yesterday;
  return day.getFullYear() === now.getFullYear()
    ? FORMATS[language].day.format(day)
    : FORMATS[language].dayOfYear.format(day);
}

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly moment: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayOfYear: Intl.DateTimeFormat;
}

/**
 * English is written with the day first and 24 hours, as in most places that
 * use this language as a second one.
 */
const FORMATS: Readonly<Record<Language, Formats>> = {
  en: makeFormats("en-GB"),
  id: makeFormats("id-ID"),
};

function makeFormats(locale: string): Formats {
  const day = { weekday: "long", day: "numeric", month: "long" } as const;
  return {
    time: new Intl.DateTimeFormat(locale, {
      hour: "2-digit",
      minute: "2-digit",
    }),
    moment: new Intl.DateTimeFormat(locale, {
      dateStyle: "long",
      timeStyle: "medium",
    }),
    day: new Intl.DateTimeFormat(locale, day),
    dayOfYear: new Intl.DateTimeFormat(locale, { ...day, year: "numeric" }),
  };
}
