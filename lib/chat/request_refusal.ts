/**
 * Why a request has no answer: the fields of `failed` (docs/PROTOCOL.md section
 * 7.9).
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_MEMBERS,
  MAX_OPEN_REQUESTS,
  MAX_RETRY_SECONDS,
  MAX_ROOMS,
} from "./limits.ts";
import { NAME_RULES, type NameRule } from "./name.ts";
import type { PeopleRefusal } from "./people_request.ts";
import { ROLES } from "./role.ts";

/** Why a request has no answer. */
export type RequestRefusal =
  /** Above the rate of requests. */
  | { readonly code: "tooFast"; readonly retryAfterSeconds: number }
  /** So many of this member wait already. */
  | { readonly code: "tooManyOpen"; readonly limitRequests: number }
  /** Too many of all members wait. */
  | { readonly code: "busy"; readonly retryAfterSeconds: number }
  /** No words, no name and no time to look for. */
  | { readonly code: "nothingSought" }
  /** Nobody of that name is here or wrote anything that is kept. */
  | { readonly code: "unknownName" }
  /** None that this person may know of. */
  | { readonly code: "noSuchRoom" }
  /** A room is called that, or something that looks like it. */
  | { readonly code: "roomNameTaken" }
  | { readonly code: "roomNameInvalid"; readonly rule: NameRule }
  /** So many rooms are there already. */
  | { readonly code: "tooManyRooms"; readonly limitRooms: number }
  /** That person is in so many rooms already. */
  | { readonly code: "inTooManyRooms"; readonly limitRooms: number }
  /** This person has created so many rooms already. */
  | { readonly code: "createdTooManyRooms"; readonly limitRooms: number }
  /** So many belong to the room already. */
  | { readonly code: "roomFull"; readonly limitMembers: number }
  /** Not in this room, or not with this person. */
  | { readonly code: "notPossible" }
  /** Nothing, or no message that is kept, has that sequence number. */
  | { readonly code: "noSuchMessage" }
  /** Only its author may know that. */
  | { readonly code: "notYours" }
  /** Only announcements are acknowledged. */
  | { readonly code: "notAnnouncement" }
  | PeopleRefusal;

/**
 * Gives the fields of a refusal.
 *
 * @param refusal Why there is no answer.
 * @returns Its number and its parameter.
 */
export function requestRefusalFields(refusal: RequestRefusal): CborValue[] {
  const code = REFUSALS.indexOf(refusal.code);
  switch (refusal.code) {
    case "tooFast":
    case "busy":
      return [code, refusal.retryAfterSeconds];
    case "tooManyOpen":
      return [code, refusal.limitRequests];
    case "tooManyRooms":
    case "inTooManyRooms":
    case "createdTooManyRooms":
      return [code, refusal.limitRooms];
    case "roomFull":
      return [code, refusal.limitMembers];
    case "tooMany":
      return [code, refusal.limit];
    case "nameInvalid":
    case "roomNameInvalid":
      return [code, NAME_RULES.indexOf(refusal.rule)];
    case "outranked":
    case "needsRole":
      return [code, ROLES.indexOf(refusal.role)];
    case "nameTaken":
    case "notFound":
    case "banInvalid":
    case "wrongCode":
    case "noClaim":
    case "nothingSought":
    case "unknownName":
    case "noSuchRoom":
    case "roomNameTaken":
    case "notPossible":
    case "noSuchMessage":
    case "notYours":
    case "notAnnouncement":
      return [code, 0];
  }
}

/**
 * Reads the fields of a refusal.
 *
 * @param fields They are next.
 * @returns Why there is no answer.
 * @throws {ProtocolError} If it is none.
 */
export function readRequestRefusal(fields: FieldReader): RequestRefusal {
  const code = REFUSALS[fields.uint(REFUSALS.length - 1)]!;
  switch (code) {
    case "tooFast":
    case "busy":
      return { code, retryAfterSeconds: fields.uint(MAX_RETRY_SECONDS) };
    case "tooManyOpen":
      return { code, limitRequests: fields.uint(MAX_OPEN_REQUESTS) };
    case "tooManyRooms":
    case "inTooManyRooms":
    case "createdTooManyRooms":
      return { code, limitRooms: fields.uint(MAX_ROOMS) };
    case "roomFull":
      return { code, limitMembers: fields.uint(MAX_MEMBERS) };
    case "tooMany":
      return { code, limit: fields.uint() };
    case "nameInvalid":
    case "roomNameInvalid":
      return { code, rule: NAME_RULES[fields.uint(NAME_RULES.length - 1)]! };
    case "outranked":
    case "needsRole":
      return { code, role: ROLES[fields.uint(ROLES.length - 1)]! };
    case "nameTaken":
    case "notFound":
    case "banInvalid":
    case "wrongCode":
    case "noClaim":
    case "nothingSought":
    case "unknownName":
    case "noSuchRoom":
    case "roomNameTaken":
    case "notPossible":
    case "noSuchMessage":
    case "notYours":
    case "notAnnouncement":
      fields.uint(0);
      return { code };
  }
}

/** By their numbers on the wire. */
const REFUSALS = [
  "tooFast",
  "tooManyOpen",
  "busy",
  "nothingSought",
  "unknownName",
  "noSuchRoom",
  "roomNameTaken",
  "roomNameInvalid",
  "tooManyRooms",
  "inTooManyRooms",
  "createdTooManyRooms",
  "roomFull",
  "needsRole",
  "notPossible",
  "noSuchMessage",
  "notYours",
  "notAnnouncement",
  "outranked",
  "nameTaken",
  "nameInvalid",
  "notFound",
  "banInvalid",
  "wrongCode",
  "tooMany",
  "noClaim",
] as const;
