import { NAME_RULES, type NameRule } from "./name.ts";

/**
 * Application close codes (docs/PROTOCOL.md section 7.7): why one side closes
 * a connection for good. The reason beside the code carries the parameter.
 */
export const CloseCode = {
  /** The client leaves, or the server answers that it left. */
  quit: 0,
  /** The server ends. */
  serverStopped: 1,
  /** The password was wrong, or the server does not know it either. */
  wrongPassword: 2,
  /** Somebody in the room has the name, or one that looks like it. */
  nameTaken: 3,
  /** The name breaks a rule: `rule=tooLong`. */
  nameInvalid: 4,
  /** Too many guesses: `retry-after=12`, in seconds. */
  throttled: 5,
  /** The room has as many members as its operator allows. */
  roomFull: 6,
  /** The operator removed the member; the reason is for people to read. */
  removed: 7,
  /** The peer broke the protocol; the reason is for developers to read. */
  chatProtocol: 8,
  /** The login took too long. */
  loginTimeout: 9,
  /** The same client came back on a newer connection. */
  replaced: 10,
  /** The client did not take what it was sent; it may come back at once. */
  tooSlow: 11,
  /** Somebody removed the member: `NAME: reason`, for people to read. */
  kicked: 12,
  /** The name or the address is banned: `until=1795305600 NAME: reason`. */
  banned: 13,
} as const;

/** Why a connection was closed, with its parameter. */
export type ChatClose =
  | { readonly type: "quit" }
  | { readonly type: "serverStopped" }
  | { readonly type: "wrongPassword" }
  | { readonly type: "nameTaken" }
  | { readonly type: "nameInvalid"; readonly rule: NameRule }
  | { readonly type: "throttled"; readonly retryAfterSeconds: number }
  | { readonly type: "roomFull" }
  | { readonly type: "removed"; readonly reason: string }
  | { readonly type: "chatProtocol"; readonly reason: string }
  | { readonly type: "loginTimeout" }
  | { readonly type: "replaced" }
  | { readonly type: "tooSlow" }
  | {
    readonly type: "kicked";
    /** Who decided. */
    readonly by: string;
    /** Why; may be empty. */
    readonly reason: string;
  }
  | {
    readonly type: "banned";
    /** Until when, in seconds since 1970; 0 for good. */
    readonly untilSeconds: number;
    /** Who decided. */
    readonly by: string;
    /** Why; may be empty. */
    readonly reason: string;
  };

/** A close as a CONNECTION_CLOSE frame carries it. */
export interface EncodedClose {
  /** One of {@linkcode CloseCode}. */
  readonly code: number;
  /** Its parameter, or empty. The frame cuts one that is too long. */
  readonly reason: string;
}

/**
 * Writes a close for the wire.
 *
 * @param close Why the connection is closed.
 * @returns Code and reason.
 */
export function encodeClose(close: ChatClose): EncodedClose {
  return { code: CloseCode[close.type], reason: encodeReason(close) };
}

/**
 * Reads a close from the wire.
 *
 * @param encoded Code and reason as received.
 * @returns Why the connection was closed; undefined if the code is unknown or
 * its parameter is not as documented.
 */
export function decodeClose(encoded: EncodedClose): ChatClose | undefined {
  const { code, reason } = encoded;
  switch (code) {
    case CloseCode.nameInvalid: {
      const rule = NAME_RULES.find((rule) => reason === `rule=${rule}`);
      return rule === undefined ? undefined : { type: "nameInvalid", rule };
    }
    case CloseCode.throttled: {
      const digits = /^retry-after=(\d{1,6})$/.exec(reason)?.[1];
      if (digits === undefined) return undefined;
      return { type: "throttled", retryAfterSeconds: Number(digits) };
    }
    case CloseCode.removed:
      return { type: "removed", reason };
    case CloseCode.chatProtocol:
      return { type: "chatProtocol", reason };
    case CloseCode.kicked: {
      const decision = decodeDecision(reason);
      return decision && { type: "kicked", ...decision };
    }
    case CloseCode.banned: {
      const [, digits, text] = /^until=(\d{1,13}) (.*)$/su.exec(reason) ?? [];
      const decision = text === undefined ? undefined : decodeDecision(text);
      const untilSeconds = Number(digits);
      return decision && { type: "banned", untilSeconds, ...decision };
    }
  }
  const type = PLAIN.find((type) => CloseCode[type] === code);
  return type === undefined ? undefined : { type };
}

function encodeReason(close: ChatClose): string {
  switch (close.type) {
    case "nameInvalid":
      return `rule=${close.rule}`;
    case "throttled":
      return `retry-after=${close.retryAfterSeconds}`;
    case "removed":
    case "chatProtocol":
      return close.reason;
    case "kicked":
      return `${close.by}: ${close.reason}`;
    case "banned":
      return `until=${close.untilSeconds} ${close.by}: ${close.reason}`;
    case "quit":
    case "serverStopped":
    case "wrongPassword":
    case "nameTaken":
    case "roomFull":
    case "loginTimeout":
    case "replaced":
    case "tooSlow":
      return "";
  }
}

/** No name has a colon before a space (6.5): the first one ends it. */
function decodeDecision(
  text: string,
): { readonly by: string; readonly reason: string } | undefined {
  const end = text.indexOf(": ");
  if (end < 0) return undefined;
  return { by: text.slice(0, end), reason: text.slice(end + 2) };
}

/** The closes without a parameter. */
const PLAIN = [
  "quit",
  "serverStopped",
  "wrongPassword",
  "nameTaken",
  "roomFull",
  "loginTimeout",
  "replaced",
  "tooSlow",
] as const;
