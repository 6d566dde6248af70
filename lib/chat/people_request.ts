/**
 * What people ask of a server about each other and themselves, and what it
 * answers: the fields of `request`, `answer` and `failed`
 * (docs/PROTOCOL.md section 7.12).
 *
 * @module
 */

import {
  OPAQUE_RECORD_BYTES,
  OPAQUE_REGISTRATION_REQUEST_BYTES,
  OPAQUE_REGISTRATION_RESPONSE_BYTES,
} from "../crypto/opaque_record.ts";
import type { Stretching } from "../crypto/opaque.ts";
import {
  AUDIT_ACTIONS,
  type AuditRow,
  type Ban,
  BAN_KINDS,
  type BanKind,
} from "./account.ts";
import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_AUDIT_DETAIL_CHARACTERS,
  MAX_AUDIT_ENTRIES,
  MAX_AWAY_CHARACTERS,
  MAX_BAN_SECONDS,
  MAX_BANS,
  MAX_MUTE_SECONDS,
  MAX_NAME_CHARACTERS,
  MAX_OWNER_CODE_CHARACTERS,
  MAX_PROFILE_CHARACTERS,
  MAX_RAW_NAME_CHARACTERS,
  MAX_REASON_CHARACTERS,
  MAX_SLOW_SECONDS,
  MAX_TIME_MS,
} from "./limits.ts";
import type { NameRule } from "./name.ts";
import type { RankRefusal, RoleRefusal } from "./permission.ts";
import { type Role, ROLES } from "./role.ts";

/** What somebody asks about people. */
export type PeopleRequest =
  /** Begins to give the own name a password, or another one. */
  | {
    readonly type: "claimStart";
    /** OPAQUE's registration request, 32 bytes. */
    readonly request: Uint8Array;
  }
  /** Ends it. */
  | {
    readonly type: "claimFinish";
    /** OPAQUE's record, 192 bytes. */
    readonly record: Uint8Array;
  }
  /** Gives the own name back: anybody may have it then. */
  | { readonly type: "release" }
  /** Wants another name. */
  | { readonly type: "nick"; readonly name: string }
  /** Is away, and says why; empty: is back. */
  | { readonly type: "away"; readonly text: string }
  /** Says something of themself; empty: nothing. */
  | { readonly type: "profile"; readonly text: string }
  /** Gives a claimed name another role. */
  | { readonly type: "role"; readonly name: string; readonly role: Role }
  /** Sends somebody away, who may come back. */
  | { readonly type: "kick"; readonly name: string; readonly reason: string }
  /** Keeps a name or an address out. */
  | {
    readonly type: "ban";
    readonly kind: BanKind;
    /** A name; an address, a network, or whose address. */
    readonly value: string;
    readonly reason: string;
    /** For how long; 0 for good. */
    readonly seconds: number;
  }
  | { readonly type: "unban"; readonly kind: BanKind; readonly value: string }
  /** Which bans there are. */
  | { readonly type: "bans" }
  /** Lets somebody read and not write. */
  | {
    readonly type: "mute";
    readonly name: string;
    /** For how long; 0: no more. */
    readonly seconds: number;
  }
  /** What was done to whom. */
  | {
    readonly type: "audit";
    /** Entries of smaller numbers; 0 for the newest. */
    readonly before: number;
  }
  /** Becomes the owner, with the code from the server's terminal. */
  | { readonly type: "owner"; readonly code: string }
  /** Lets only moderators write in the room, or everybody again. */
  | { readonly type: "lock"; readonly isOn: boolean }
  /** Wants time between two messages of one person; 0 for none. */
  | { readonly type: "slow"; readonly seconds: number };

/** What the server answers. */
export type PeopleAnswer =
  /** It is done, and durable where it matters. */
  | { readonly type: "done" }
  | {
    readonly type: "claimStart";
    /** OPAQUE's registration response, 64 bytes. */
    readonly response: Uint8Array;
    /** What the record has to be made with. */
    readonly stretching: Stretching;
  }
  /** The name is claimed, or its password is another one. */
  | { readonly type: "claimed"; readonly accountId: number }
  | { readonly type: "bans"; readonly bans: readonly Ban[] }
  | {
    readonly type: "audit";
    /** The newest first. */
    readonly rows: readonly AuditRow[];
    /** Whether there are no older ones. */
    readonly isEnd: boolean;
  };

/** Why such a request has no answer. */
export type PeopleRefusal =
  | RoleRefusal
  | RankRefusal
  /** Somebody has the name, or one that looks like it. */
  | { readonly code: "nameTaken" }
  | { readonly code: "nameInvalid"; readonly rule: NameRule }
  /** There is no such ban or mute. */
  | { readonly code: "notFound" }
  /** Neither address nor network nor name, or a network that is too large. */
  | { readonly code: "banInvalid" }
  /** Not the code of the server's terminal, or there is none any more. */
  | { readonly code: "wrongCode" }
  /** There are as many as the server keeps. */
  | { readonly code: "tooMany"; readonly limit: number }
  /** Nothing was begun that could be ended. */
  | { readonly code: "noClaim" };

/**
 * Gives the fields of a request.
 *
 * @param request The request.
 * @returns Its code and what follows it.
 */
export function peopleRequestFields(request: PeopleRequest): CborValue[] {
  const code = RequestCode[request.type];
  switch (request.type) {
    case "claimStart":
      return [code, request.request];
    case "claimFinish":
      return [code, request.record];
    case "release":
    case "bans":
      return [code];
    case "nick":
      return [code, request.name];
    case "away":
    case "profile":
      return [code, request.text];
    case "role":
      return [code, request.name, ROLES.indexOf(request.role)];
    case "kick":
      return [code, request.name, request.reason];
    case "ban": {
      const { kind, value, reason, seconds } = request;
      return [code, BAN_KINDS.indexOf(kind), value, reason, seconds];
    }
    case "unban":
      return [code, BAN_KINDS.indexOf(request.kind), request.value];
    case "mute":
      return [code, request.name, request.seconds];
    case "audit":
      return [code, request.before];
    case "owner":
      return [code, request.code];
    case "lock":
      return [code, request.isOn];
    case "slow":
      return [code, request.seconds];
  }
}

/**
 * Reads the fields of a request.
 *
 * @param code The request's code, which is read already.
 * @param fields The others are next.
 * @returns The request; undefined if the code is none of these.
 * @throws {ProtocolError} If a field is wrong.
 */
export function readPeopleRequest(
  code: number,
  fields: FieldReader,
): PeopleRequest | undefined {
  switch (code) {
    case RequestCode.claimStart: {
      const request = fields.bytes(OPAQUE_REGISTRATION_REQUEST_BYTES);
      return { type: "claimStart", request };
    }
    case RequestCode.claimFinish:
      return { type: "claimFinish", record: fields.bytes(OPAQUE_RECORD_BYTES) };
    case RequestCode.release:
      return { type: "release" };
    case RequestCode.nick:
      return { type: "nick", name: readRawName(fields) };
    case RequestCode.away:
      return { type: "away", text: fields.text(MAX_AWAY_CHARACTERS) };
    case RequestCode.profile:
      return { type: "profile", text: fields.text(MAX_PROFILE_CHARACTERS) };
    case RequestCode.role:
      return {
        type: "role",
        name: readRawName(fields),
        role: readRole(fields),
      };
    case RequestCode.kick: {
      const name = readRawName(fields);
      return { type: "kick", name, reason: fields.text(MAX_REASON_CHARACTERS) };
    }
    case RequestCode.ban:
      return {
        type: "ban",
        kind: readBanKind(fields),
        value: readRawName(fields),
        reason: fields.text(MAX_REASON_CHARACTERS),
        seconds: fields.uint(MAX_BAN_SECONDS),
      };
    case RequestCode.unban: {
      const kind = readBanKind(fields);
      return { type: "unban", kind, value: readRawName(fields) };
    }
    case RequestCode.bans:
      return { type: "bans" };
  }
  return readLaterRequest(code, fields);
}

function readLaterRequest(
  code: number,
  fields: FieldReader,
): PeopleRequest | undefined {
  switch (code) {
    case RequestCode.mute: {
      const name = readRawName(fields);
      return { type: "mute", name, seconds: fields.uint(MAX_MUTE_SECONDS) };
    }
    case RequestCode.audit:
      return { type: "audit", before: fields.uint() };
    case RequestCode.owner: {
      const text = fields.text(MAX_OWNER_CODE_CHARACTERS);
      return { type: "owner", code: text };
    }
    case RequestCode.lock:
      return { type: "lock", isOn: fields.bool() };
    case RequestCode.slow:
      return { type: "slow", seconds: fields.uint(MAX_SLOW_SECONDS) };
  }
  return undefined;
}

/**
 * Gives the fields of an answer: what repeats comes after its count.
 *
 * @param answer The answer.
 * @returns Its code and what follows it.
 */
export function peopleAnswerFields(answer: PeopleAnswer): CborValue[] {
  const code = AnswerCode[answer.type];
  switch (answer.type) {
    case "done":
      return [code];
    case "claimStart": {
      const { memoryKiB, iterations, parallelism } = answer.stretching;
      return [code, answer.response, memoryKiB, iterations, parallelism];
    }
    case "claimed":
      return [code, answer.accountId];
    case "bans":
      return [code, answer.bans.length, ...answer.bans.flatMap(banFields)];
    case "audit": {
      const { rows, isEnd } = answer;
      return [code, isEnd, rows.length, ...rows.flatMap(auditFields)];
    }
  }
}

/**
 * Reads the fields of an answer.
 *
 * @param code The answer's code, which is read already.
 * @param fields The others are next.
 * @returns The answer; undefined if the code is none of these.
 * @throws {ProtocolError} If a field is wrong.
 */
export function readPeopleAnswer(
  code: number,
  fields: FieldReader,
): PeopleAnswer | undefined {
  switch (code) {
    case AnswerCode.done:
      return { type: "done" };
    case AnswerCode.claimStart:
      return {
        type: "claimStart",
        response: fields.bytes(OPAQUE_REGISTRATION_RESPONSE_BYTES),
        stretching: {
          memoryKiB: fields.uint(),
          iterations: fields.uint(),
          parallelism: fields.uint(),
        },
      };
    case AnswerCode.claimed:
      return { type: "claimed", accountId: fields.uint() };
    case AnswerCode.bans: {
      const length = fields.uint(MAX_BANS);
      const bans = Array.from({ length }, () => readBan(fields));
      return { type: "bans", bans };
    }
    case AnswerCode.audit: {
      const isEnd = fields.bool();
      const length = fields.uint(MAX_AUDIT_ENTRIES);
      const rows = Array.from({ length }, () => readAuditRow(fields));
      return { type: "audit", rows, isEnd };
    }
  }
  return undefined;
}

function banFields(ban: Ban): CborValue[] {
  return [
    BAN_KINDS.indexOf(ban.kind),
    ban.value,
    ban.reason,
    ban.by,
    ROLES.indexOf(ban.byRole),
    ban.untilMs,
  ];
}

function readBan(fields: FieldReader): Ban {
  return {
    kind: readBanKind(fields),
    value: readRawName(fields),
    reason: fields.text(MAX_REASON_CHARACTERS),
    by: fields.text(MAX_NAME_CHARACTERS),
    byRole: readRole(fields),
    untilMs: fields.uint(MAX_TIME_MS),
  };
}

function auditFields(row: AuditRow): CborValue[] {
  const { auditId, timeMs, who, what, whom, detail } = row;
  return [auditId, timeMs, who, AUDIT_ACTIONS.indexOf(what), whom, detail];
}

function readAuditRow(fields: FieldReader): AuditRow {
  return {
    auditId: fields.uint(),
    timeMs: fields.uint(MAX_TIME_MS),
    who: fields.text(MAX_NAME_CHARACTERS),
    what: AUDIT_ACTIONS[fields.uint(AUDIT_ACTIONS.length - 1)]!,
    whom: readRawName(fields),
    detail: fields.text(MAX_AUDIT_DETAIL_CHARACTERS),
  };
}

function readRawName(fields: FieldReader): string {
  return fields.text(MAX_RAW_NAME_CHARACTERS);
}

function readRole(fields: FieldReader): Role {
  return ROLES[fields.uint(ROLES.length - 1)]!;
}

function readBanKind(fields: FieldReader): BanKind {
  return BAN_KINDS[fields.uint(BAN_KINDS.length - 1)]!;
}

/**
 * Tells requests of these from others.
 *
 * @param request Any request.
 */
export function isPeopleRequest(
  request: { readonly type: string },
): request is PeopleRequest {
  return Object.hasOwn(RequestCode, request.type);
}

/**
 * Tells answers of these from others.
 *
 * @param answer Any answer.
 */
export function isPeopleAnswer(
  answer: { readonly type: string },
): answer is PeopleAnswer {
  return Object.hasOwn(AnswerCode, answer.type);
}

/**
 * Tells what a request is answered with.
 *
 * @param type Which request.
 * @returns Which answer.
 */
export function peopleAnswerType(
  type: PeopleRequest["type"],
): PeopleAnswer["type"] {
  switch (type) {
    case "claimStart":
    case "bans":
    case "audit":
      return type;
    case "claimFinish":
      return "claimed";
    case "release":
    case "nick":
    case "away":
    case "profile":
    case "role":
    case "kick":
    case "ban":
    case "unban":
    case "mute":
    case "owner":
    case "lock":
    case "slow":
      return "done";
  }
}

/** Apart from the codes of other requests (7.9). */
const RequestCode = {
  claimStart: 32,
  claimFinish: 33,
  release: 34,
  nick: 35,
  away: 36,
  profile: 37,
  role: 38,
  kick: 39,
  ban: 40,
  unban: 41,
  bans: 42,
  mute: 43,
  audit: 44,
  owner: 45,
  lock: 46,
  slow: 47,
} as const;

/** An answer that is not just `done` has the code of its request. */
const AnswerCode = {
  done: 31,
  claimStart: RequestCode.claimStart,
  claimed: RequestCode.claimFinish,
  bans: RequestCode.bans,
  audit: RequestCode.audit,
} as const;
