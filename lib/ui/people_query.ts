/**
 * Reads what a page asks about people, as strictly as its other commands.
 *
 * @module
 */

import { BAN_KINDS, type BanKind } from "../chat/account.ts";
import {
  MAX_BAN_SECONDS,
  MAX_MUTE_SECONDS,
  MAX_SLOW_SECONDS,
} from "../chat/limits.ts";
import { type Role, ROLES } from "../chat/role.ts";
import type { PeopleCommand } from "./people_command.ts";

/**
 * Reads such a question. The two of a claim are the session's own: a page gives
 * it the password only.
 *
 * @param fields What the page sent.
 * @returns The question; undefined if that is not exactly one.
 */
export function readPeopleQuery(
  fields: Readonly<Record<string, unknown>>,
): PeopleCommand | undefined {
  const { type, name, text, code, isOn, role } = fields;
  const hasFields = (count: number) => Object.keys(fields).length === count;
  switch (type) {
    case "release":
    case "bans":
      return hasFields(1) ? { type } : undefined;
    case "nick":
      return hasFields(2) && isText(name) ? { type, name } : undefined;
    case "away":
    case "profile":
      return hasFields(2) && isText(text) ? { type, text } : undefined;
    case "owner":
      return hasFields(2) && isText(code) ? { type, code } : undefined;
    case "lock":
      return hasFields(2) && typeof isOn === "boolean"
        ? { type, isOn }
        : undefined;
    case "role":
      return hasFields(3) && isText(name) && isRole(role)
        ? { type, name, role }
        : undefined;
    default:
      return readDecision(fields);
  }
}

function readDecision(
  fields: Readonly<Record<string, unknown>>,
): PeopleCommand | undefined {
  const { type, name, reason, kind, value, seconds, before } = fields;
  const hasFields = (count: number) => Object.keys(fields).length === count;
  switch (type) {
    case "kick":
      return hasFields(3) && isText(name) && isText(reason)
        ? { type, name, reason }
        : undefined;
    case "ban":
      return hasFields(5) && isBanKind(kind) && isText(value) &&
          isText(reason) && isUpTo(seconds, MAX_BAN_SECONDS)
        ? { type, kind, value, reason, seconds }
        : undefined;
    case "unban":
      return hasFields(3) && isBanKind(kind) && isText(value)
        ? { type, kind, value }
        : undefined;
    case "mute":
      return hasFields(3) && isText(name) && isUpTo(seconds, MAX_MUTE_SECONDS)
        ? { type, name, seconds }
        : undefined;
    case "slow":
      return hasFields(2) && isUpTo(seconds, MAX_SLOW_SECONDS)
        ? { type, seconds }
        : undefined;
    case "audit":
      return hasFields(2) && isUpTo(before, Number.MAX_SAFE_INTEGER)
        ? { type, before }
        : undefined;
    default:
      return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isUpTo(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 &&
    (value as number) <= max;
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

function isBanKind(value: unknown): value is BanKind {
  return BAN_KINDS.some((kind) => kind === value);
}
