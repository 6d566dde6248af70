/**
 * What the login form is filled with next time. Never the password.
 *
 * @module
 */

import {
  DamagedFileError,
  readPrivateFile,
  replacePrivateFile,
} from "./private_file.ts";

/** What is remembered of a person's last login. */
export interface Profile {
  /** The server's address. */
  readonly host?: string;
  /** The server's port. */
  readonly port?: number;
  /** The name. */
  readonly name?: string;
  /** The language that was chosen in a face, such as `id`. */
  readonly language?: string;
}

const FILE_VERSION = 1;

/** Longer text is no host, name or language. */
const MAX_TEXT_CHARACTERS = 300;

/**
 * Reads what is remembered. Losing it costs a little typing, so a file that is
 * missing, damaged or of another version reads as nothing.
 *
 * @param path The file.
 * @returns What is remembered.
 */
export function readProfile(path: string): Profile {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(readPrivateFile(path)?.text ?? "null");
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DamagedFileError) {
      return {};
    }
    throw error;
  }
  if (fields?.["version"] !== FILE_VERSION) return {};
  const { host, port, name, language } = fields;
  return {
    ...(isText(host) && { host }),
    ...(isPort(port) && { port }),
    ...(isText(name) && { name }),
    ...(isText(language) && { language }),
  };
}

/**
 * Remembers what is given and keeps the rest.
 *
 * @param path The file.
 * @param changes What is new.
 */
export function updateProfile(path: string, changes: Profile): void {
  const { host, port, name, language } = { ...readProfile(path), ...changes };
  const fields = { version: FILE_VERSION, host, port, name, language };
  replacePrivateFile(path, JSON.stringify(fields, undefined, 2) + "\n");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" &&
    value.length <= MAX_TEXT_CHARACTERS;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 &&
    Number(value) <= 65_535;
}
