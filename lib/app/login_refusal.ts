import type { ChatClose } from "../chat/close_code.ts";
import type { CloseReason } from "../transport/connection_event.ts";
import type { Banned, EndReason, Refusal } from "../ui/bridge.ts";
import type { LoginTarget } from "./client_core_options.ts";

/**
 * Tells whether a new connection may mend the end of one.
 *
 * @param reason Why it ended.
 * @param close What the server said, if it said something that we know.
 * @returns True if it is worth trying.
 */
export function isPassing(
  reason: CloseReason,
  close: ChatClose | undefined,
): boolean {
  switch (reason.type) {
    case "application":
      return close === undefined || close.type === "serverStopped" ||
        close.type === "tooSlow" ||
        close.type === "throttled" || close.type === "loginTimeout" ||
        close.type === "roomFull" ||
        close.type === "chatProtocol";
    case "version":
      return false;
    case "local":
    case "transport":
    case "idle":
    case "silent":
    case "loginTimeout":
    case "reset":
    case "evicted":
      return true;
  }
}

/**
 * What a server's close means to a person.
 *
 * @param close What the server said.
 * @param target Where and as whom the login was.
 * @returns Why there is no room.
 */
export function refusalOf(close: ChatClose, target: LoginTarget): Refusal {
  switch (close.type) {
    case "wrongPassword":
    case "roomFull":
      return { code: close.type };
    case "nameTaken":
      return { code: "nameTaken", name: target.name };
    case "nameInvalid":
      return { code: "nameInvalid", rule: close.rule };
    case "throttled":
      return { code: "throttled", retryAfterSeconds: close.retryAfterSeconds };
    case "banned":
      return bannedOf(close);
    case "removed":
    case "kicked":
    case "chatProtocol":
      return { code: "serverGone", reason: close.reason };
    case "quit":
    case "serverStopped":
    case "loginTimeout":
    case "replaced":
    case "tooSlow":
      return { code: "serverGone", reason: close.type };
  }
}

/**
 * What the end of a connection means to a person who wants in.
 *
 * @param reason Why it ended.
 * @param close What the server said, if it said something that we know.
 * @param target Where and as whom the login was.
 * @returns Why there is no room.
 */
export function refusalOfEnd(
  reason: CloseReason,
  close: ChatClose | undefined,
  target: LoginTarget,
): Refusal {
  return close === undefined
    ? refusalOfTransport(reason, target)
    : refusalOf(close, target);
}

/**
 * What a server's close means to somebody who was in the room.
 *
 * @param close What the server said.
 * @returns Why the session is over; undefined if that is not said by it.
 */
export function endOf(close: ChatClose | undefined): EndReason | undefined {
  switch (close?.type) {
    case "removed":
      return { code: "removed", reason: close.reason };
    case "kicked":
      return { code: "kicked", by: close.by, reason: close.reason };
    case "banned":
      return bannedOf(close);
    case undefined:
    case "quit":
    case "serverStopped":
    case "wrongPassword":
    case "nameTaken":
    case "nameInvalid":
    case "throttled":
    case "roomFull":
    case "chatProtocol":
    case "loginTimeout":
    case "replaced":
    case "tooSlow":
      return undefined;
  }
}

function bannedOf(
  { untilSeconds, by, reason }: Extract<
    ChatClose,
    { readonly type: "banned" }
  >,
): Banned {
  return { code: "banned", untilMs: 1_000 * untilSeconds, by, reason };
}

/**
 * What the end of a connection means to a person, where the server said nothing.
 *
 * @param reason Why it ended.
 * @param target Where the login was.
 * @returns Why there is no room.
 */
function refusalOfTransport(
  reason: CloseReason,
  { host, port }: LoginTarget,
): Refusal {
  switch (reason.type) {
    case "silent":
      return { code: "serverSilent", host, port };
    case "version":
      return {
        code: "versionMismatch",
        supported: reason.supported.map(versionText),
      };
    case "transport":
      return { code: "serverGone", reason: reason.reason };
    case "local":
    case "application":
    case "idle":
    case "loginTimeout":
    case "reset":
    case "evicted":
      return { code: "serverGone", reason: reason.type };
  }
}

/** "GAS" and a number, as in "GAS 1". */
function versionText(version: number): string {
  return `GAS ${version & 0xff}`;
}
