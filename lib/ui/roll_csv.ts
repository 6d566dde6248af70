/**
 * The roll of an announcement as a file for spreadsheets: RFC 4180, in UTF-8
 * with a byte order mark, because without one Excel takes it for something else.
 *
 * @module
 */

import type { AnnouncementRoll } from "../chat/request.ts";

/** The words at the top of the columns, and for when somebody has not. */
export interface RollColumns {
  /** Above the names. */
  readonly name: string;
  /** Above whether it was acknowledged. */
  readonly acknowledged: string;
  /** Above the times. */
  readonly time: string;
  /** It was. */
  readonly yes: string;
  /** It was not. */
  readonly no: string;
}

/**
 * Writes a roll as CSV.
 *
 * @param roll The roll.
 * @param columns The words in it.
 * @returns The whole file; times are those of UTC, in ISO 8601.
 */
export function rollCsv(roll: AnnouncementRoll, columns: RollColumns): string {
  const rows = [
    [columns.name, columns.acknowledged, columns.time],
    ...roll.acknowledged.map(({ name, timeMs }) => [
      name,
      columns.yes,
      new Date(timeMs).toISOString(),
    ]),
    ...roll.missing.map((name) => [name, columns.no, ""]),
  ];
  return BYTE_ORDER_MARK +
    rows.map((row) => row.map(csvField).join(",") + "\r\n").join("");
}

/**
 * Writes one field of CSV.
 *
 * @param text What people called it.
 * @returns The field, quoted where it has to be. What a spreadsheet would take
 * for a formula begins with an apostrophe, so that opening a file of names of
 * others computes nothing.
 */
export function csvField(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What begins a formula, also in wide signs and behind white space. */
const FORMULA = /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

const BYTE_ORDER_MARK = "\ufeff";
