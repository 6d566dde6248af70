/**
 * What the programs tell the shell when they end. Documented in `--help`.
 *
 * @module
 */

import type { Refusal } from "./bridge.ts";

/** The exit codes, by what happened. */
export const ExitCode = {
  /** All was done that was asked for. */
  ok: 0,
  /** Something failed that no other code names, such as an unsent message. */
  failed: 1,
  /** The server refused the login, the room, or the one message to be sent. */
  refused: 2,
  /** No server answered, or it went away before the login was done. */
  silent: 3,
  /** A wrong option, argument, setting or file: EX_USAGE of BSD's sysexits. */
  usage: 64,
  /** Stopped by a signal, as shells count an interrupt: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/**
 * Names why a login failed.
 *
 * @param refusal Why it failed.
 * @returns The exit code.
 */
export function refusalExitCode({ code }: Refusal): ExitCode {
  switch (code) {
    case "serverSilent":
    case "serverGone":
    case "addressInvalid":
      return ExitCode.silent;
    case "wrongPassword":
    case "nameTaken":
    case "nameInvalid":
    case "throttled":
    case "roomFull":
    case "banned":
    case "serverKeyChanged":
    case "versionMismatch":
    case "clientPortBusy":
      return ExitCode.refused;
  }
}
