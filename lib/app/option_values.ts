/**
 * The values options, variables and config keys may have: one reader for each
 * kind, whatever the value came from.
 *
 * @module
 */

import { type Impairment, NO_IMPAIRMENT } from "../net/impairment.ts";
import { parseServerAddress } from "../ui/server_address.ts";
import type { Language } from "../ui/strings.ts";
import { UsageError } from "./usage_error.ts";

/** A value and what it was given as: `--port`, `GAS_PORT`, `SERVER_PORT`. */
export interface GivenValue {
  /** The option, variable or argument, as it is typed. */
  readonly source: string;
  /** The value. */
  readonly text: string;
}

/** Longer passwords add no strength, and each login carries one. */
export const MAX_PASSWORD_CHARACTERS = 256;

/** How much of what was said may be asked to be kept. */
export const KEEP_RANGES = {
  /** A hundred years: longer is for ever. */
  days: { min: 1, max: 36_500 },
  /** From some thousand messages to a large disk. */
  megabytes: { min: 1, max: 1_000_000 },
} as const;

const LANGUAGES: readonly Language[] = ["en", "id"];

/**
 * Reads a port number.
 *
 * @param given The value and its source.
 * @param min 0 where "any free port" makes sense, else 1.
 * @returns The number.
 * @throws {UsageError} If it is not a whole number from `min` to 65535.
 */
export function readPort(given: GivenValue, min: 0 | 1): number {
  return readWholeNumber(given, { min, max: 65_535 });
}

/**
 * Reads a whole number.
 *
 * @param given The value and its source.
 * @param range The smallest and the largest that is allowed.
 * @returns The number.
 * @throws {UsageError} If it is anything else.
 */
export function readWholeNumber(
  given: GivenValue,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const { source, text } = given;
  const isNumber = /^\d+$/.test(text) && text.length <= String(max).length;
  const number = isNumber ? Number(text) : -1;
  if (number < min || number > max) {
    throw new UsageError({
      type: "notWholeNumber",
      source,
      given: text,
      min,
      max,
    });
  }
  return number;
}

/** What a key of `--simulate` may be: a percentage, milliseconds, or kilobits per second. */
const IMPAIRMENT_RANGES: Readonly<
  Record<keyof Impairment, { readonly min: number; readonly max: number }>
> = {
  loss: { min: 0, max: 100 },
  // Above it nobody would wait for a login.
  delay: { min: 0, max: 5_000 },
  jitter: { min: 0, max: 5_000 },
  reorder: { min: 0, max: 100 },
  duplicate: { min: 0, max: 100 },
  corrupt: { min: 0, max: 100 },
  // Below it one datagram takes longer than a login may.
  rate: { min: 8, max: 1_000_000 },
};

/**
 * Reads how the network is to be made bad: `loss=10,delay=80,reorder=5`.
 *
 * @param given The value and its source.
 * @returns What was named, and nothing of the rest.
 * @throws {UsageError} On an unknown or repeated key, or a number out of its range; it names the key.
 */
export function readImpairment(given: GivenValue): Impairment {
  const found = new Map<string, number>();
  for (const part of given.text.split(",")) {
    const [, key = "", text = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    if (!isImpairmentKey(key) || found.has(key)) {
      throw new UsageError({
        type: "simulatePart",
        source: given.source,
        given: part,
        form: `${Object.keys(IMPAIRMENT_RANGES).join("=N,")}=N`,
      });
    }
    const source = `${given.source} ${key}`;
    found.set(key, readWholeNumber({ source, text }, IMPAIRMENT_RANGES[key]));
  }
  return { ...NO_IMPAIRMENT, ...Object.fromEntries(found) };
}

function isImpairmentKey(key: string): key is keyof Impairment {
  return Object.hasOwn(IMPAIRMENT_RANGES, key);
}

/**
 * Reads an address without a port.
 *
 * @param given The value and its source.
 * @returns The host name or IP address, without brackets.
 * @throws {UsageError} If it cannot be one.
 */
export function readHost(given: GivenValue): string {
  const address = parseServerAddress(given.text);
  if (address === undefined || address.port !== undefined) {
    throw new UsageError({
      type: "notHost",
      source: given.source,
      given: given.text,
    });
  }
  return address.host;
}

/**
 * Reads a language.
 *
 * @param given The value and its source.
 * @returns The language.
 * @throws {UsageError} If it is none that the programs speak.
 */
export function readLanguage(given: GivenValue): Language {
  const language = LANGUAGES.find((known) => known === given.text);
  if (language === undefined) {
    throw new UsageError({
      type: "notOneOf",
      source: given.source,
      given: given.text,
      allowed: LANGUAGES,
    });
  }
  return language;
}

/**
 * Reads a yes or no, as environment variables carry it.
 *
 * @param given The value and its source.
 * @returns True for `1`, false for `0`.
 * @throws {UsageError} If it is anything else.
 */
export function readYesNo(given: GivenValue): boolean {
  if (given.text !== "0" && given.text !== "1") {
    throw new UsageError({
      type: "notOneOf",
      source: given.source,
      given: given.text,
      allowed: ["0", "1"],
    });
  }
  return given.text === "1";
}

/**
 * Checks a password that a file or a setting holds.
 *
 * @param given The password and its source.
 * @returns The password.
 * @throws {UsageError} If it is empty, too long or more than one line; the
 *   error does not carry it.
 */
export function readPassword(given: GivenValue): string {
  const { source, text } = given;
  if (text === "") throw new UsageError({ type: "passwordEmpty", source });
  if (/[\r\n\0]/.test(text)) {
    throw new UsageError({ type: "passwordLines", source });
  }
  if ([...text].length > MAX_PASSWORD_CHARACTERS) {
    throw new UsageError({
      type: "passwordTooLong",
      source,
      max: MAX_PASSWORD_CHARACTERS,
    });
  }
  return text;
}
