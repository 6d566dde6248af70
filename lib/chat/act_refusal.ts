/**
 * Why a server does not take an act (docs/PROTOCOL.md section 7.2): a code and
 * one parameter, never a sentence.
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_MESSAGE_CHARACTERS,
  MAX_MUTE_SECONDS,
  MAX_RETRY_SECONDS,
  MAX_SLOW_SECONDS,
} from "./limits.ts";
import { type Role, ROLES } from "./role.ts";

/** Why a server did not take an act. */
export type ActRefusal =
  | { readonly code: "empty" }
  | { readonly code: "tooLong"; readonly limitCharacters: number }
  | { readonly code: "tooFast"; readonly retryAfterSeconds: number }
  /** Nothing, or no message, has that sequence number. */
  | { readonly code: "noSuchMessage" }
  /** The message is not kept any more: what is older than this one is gone. */
  | { readonly code: "tooOld"; readonly firstSequence: number }
  /** Only its author may do that. */
  | { readonly code: "notYours" }
  /** The message was removed before. */
  | { readonly code: "removed" }
  | { readonly code: "notEmoji" }
  /** This person may not say anything for a while. */
  | { readonly code: "muted"; readonly retryAfterSeconds: number }
  /** In this room one waits between two messages. */
  | { readonly code: "slowMode"; readonly retryAfterSeconds: number }
  /** Only moderators may say something in this room now. */
  | { readonly code: "locked" }
  /** The room is over. */
  | { readonly code: "archived" }
  /** This takes a higher role. */
  | { readonly code: "needsRole"; readonly role: Role }
  /** Only announcements are acknowledged. */
  | { readonly code: "notAnnouncement" }
  /** So many different emoji are at the message already. */
  | { readonly code: "tooManyReactions"; readonly limitKinds: number };

/**
 * Gives the fields of a refusal.
 *
 * @param refusal Why.
 * @returns Its number and its parameter.
 */
export function actRefusalFields(refusal: ActRefusal): CborValue[] {
  return [REFUSALS.indexOf(refusal.code), parameterOf(refusal)];
}

/**
 * Reads the fields of a refusal.
 *
 * @param fields They are next.
 * @returns Why.
 * @throws {ProtocolError} If it is none.
 */
export function readActRefusal(fields: FieldReader): ActRefusal {
  const code = REFUSALS[fields.uint(REFUSALS.length - 1)]!;
  switch (code) {
    case "tooLong":
      return { code, limitCharacters: fields.uint(MAX_MESSAGE_CHARACTERS) };
    case "tooFast":
      return { code, retryAfterSeconds: fields.uint(MAX_RETRY_SECONDS) };
    case "muted":
      return { code, retryAfterSeconds: fields.uint(MAX_MUTE_SECONDS) };
    case "slowMode":
      return { code, retryAfterSeconds: fields.uint(MAX_SLOW_SECONDS) };
    case "tooOld":
      return { code, firstSequence: fields.uint() };
    case "needsRole":
      return { code, role: ROLES[fields.uint(ROLES.length - 1)]! };
    case "tooManyReactions":
      return { code, limitKinds: fields.uint() };
    case "empty":
    case "noSuchMessage":
    case "notYours":
    case "removed":
    case "notEmoji":
    case "locked":
    case "archived":
    case "notAnnouncement":
      fields.uint(0);
      return { code };
  }
}

function parameterOf(refusal: ActRefusal): number {
  switch (refusal.code) {
    case "tooLong":
      return refusal.limitCharacters;
    case "tooFast":
    case "muted":
    case "slowMode":
      return refusal.retryAfterSeconds;
    case "tooOld":
      return refusal.firstSequence;
    case "needsRole":
      return ROLES.indexOf(refusal.role);
    case "tooManyReactions":
      return refusal.limitKinds;
    case "empty":
    case "noSuchMessage":
    case "notYours":
    case "removed":
    case "notEmoji":
    case "locked":
    case "archived":
    case "notAnnouncement":
      return 0;
  }
}

/** By their numbers on the wire. */
const REFUSALS = [
  "empty",
  "tooLong",
  "tooFast",
  "noSuchMessage",
  "tooOld",
  "notYours",
  "removed",
  "notEmoji",
  "muted",
  "slowMode",
  "locked",
  "archived",
  "needsRole",
  "notAnnouncement",
  "tooManyReactions",
] as const;
