/**
 * The fields of the login form: what they start with, what must be in them, and
 * which one a refusal is about.
 *
 * @module
 */

import type { Refusal } from "../bridge.ts";
import { parsePort, parseServerAddress } from "../server_address.ts";
import { type Language, refusalText } from "../strings.ts";
import type { LoginState } from "./page_state.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/** A field of the login form. */
export type FieldName = "host" | "port" | "name" | "password";

/** What is typed in each field. */
export type LoginFields = Readonly<Record<FieldName, string>>;

/** What is wrong with fields; those in order are left out. */
export type FieldProblems = Partial<LoginFields>;

/** The fields in the order they are filled in. */
export const FIELD_NAMES: readonly FieldName[] = [
  "host",
  "port",
  "name",
  "password",
];

/**
 * Fills the form with what is remembered.
 *
 * @param login The form's state.
 * @returns The fields; the password is never remembered.
 */
export function fillFields(login: LoginState): LoginFields {
  const { host, port, name } = login.filled;
  return { host, port: String(port), name, password: "" };
}

/**
 * Finds where typing begins.
 *
 * @param fields The fields as they are.
 * @returns The first empty field, else the password.
 */
export function firstEmptyField(fields: LoginFields): FieldName {
  return FIELD_NAMES.find((name) => fields[name] === "") ?? "password";
}

/**
 * Moves a port that was typed or pasted behind the server's address to where it
 * belongs.
 *
 * @param fields The fields as typed.
 * @returns The fields with the address taken apart; an address that is none
 * stays.
 */
export function separatePort(fields: LoginFields): LoginFields {
  const address = parseServerAddress(fields.host);
  if (address === undefined) return fields;
  const port = address.port === undefined ? fields.port : String(address.port);
  return { ...fields, host: address.host, port };
}

/**
 * Checks what needs no server to be found wrong.
 *
 * @param fields The fields as typed.
 * @param language The language to say it in.
 * @returns One sentence for each field that is wrong.
 */
export function checkFields(
  fields: LoginFields,
  language: Language,
): FieldProblems {
  const strings = PAGE_STRINGS[language];
  const { host, port, name, password } = fields;
  const problems: Partial<Record<FieldName, string>> = {};
  if (host.trim() === "") problems.host = strings.serverMissing;
  else if (parseServerAddress(host) === undefined) {
    const { what, next } = refusalText(language, {
      code: "addressInvalid",
      host,
    });
    problems.host = `${what} ${next}`;
  }
  if (parsePort(port.trim()) === undefined) {
    problems.port = strings.portInvalid;
  }
  if (name.trim() === "") problems.name = strings.nameMissing;
  if (password === "") problems.password = strings.passwordMissing;
  return problems;
}

/**
 * Names the field a refusal is about.
 *
 * @param refusal Why the login was refused.
 * @returns The field to correct; undefined if it is none of them.
 */
export function blamedField(refusal: Refusal): FieldName | undefined {
  switch (refusal.code) {
    case "wrongPassword":
      return "password";
    case "nameTaken":
    case "nameInvalid":
      return "name";
    case "addressInvalid":
    case "serverSilent":
      return "host";
    case "throttled":
    case "roomFull":
    case "banned":
    case "serverGone":
    case "serverKeyChanged":
    case "versionMismatch":
    case "clientPortBusy":
      return undefined;
  }
}
