/**
 * `gas-client send` and `gas-client tail`: the chat for one line of a shell
 * script. docs/SCRIPTING.md is their manual.
 *
 * @module
 */

import type { ConnectionState } from "../ui/bridge.ts";
import type { PipeIo } from "../ui/pipe_face.ts";
import { changeText } from "../ui/change_text.ts";
import { ExitCode, refusalExitCode } from "../ui/exit_code.ts";
import { outputEndOf } from "../ui/output_queue.ts";
import { jsonLine, messageLine, printableText } from "../ui/printable_text.ts";
import { isNews } from "../ui/room_view.ts";
import { type Language, noticeText } from "../ui/strings.ts";
import { terminalStrings } from "../ui/terminal_strings.ts";
import {
  type RoomClient,
  type RoomEvent,
  type RoomLogin,
  type RoomSession,
  startRoom,
} from "./room_client.ts";
import { failureText, RoomError, type RoomFailure } from "./room_failure.ts";

/** What both commands need. */
export interface ScriptOptions {
  /** The session behind it, which has not logged in yet. */
  readonly session: RoomSession;
  /** Where and as whom. */
  readonly login: RoomLogin;
  /** The standard streams. */
  readonly io: PipeIo;
  /** The language of what goes to standard error. */
  readonly language: Language;
  /** Aborted when a signal ends the program. */
  readonly signal: AbortSignal;
}

/**
 * The most of standard input that becomes a message. Longer than any message
 * may be, so that what is cut is refused.
 */
const MAX_INPUT_BYTES = 1_048_576;

/**
 * Says one thing.
 *
 * @param options What it needs.
 * @param text What to say; undefined for all of standard input.
 * @returns The program's exit code, once the server has stored it.
 */
export async function runSend(
  options: ScriptOptions,
  text: string | undefined,
): Promise<ExitCode> {
  const { io } = options;
  return await inRoom(options, ExitCode.interrupted, async (room) => {
    await room.send(text ?? await readText(io));
  });
}

/** How `tail` prints. */
export interface TailOptions extends ScriptOptions {
  /** Whether every event is a line of JSON. */
  readonly json: boolean;
}

/**
 * Prints what is said, until a signal or until nobody reads it.
 *
 * @param options What it needs.
 * @returns The program's exit code.
 */
export async function runTail(options: TailOptions): Promise<ExitCode> {
  const print = options.json
    ? (event: RoomEvent) => isWritten(options.io, jsonLine(event))
    : textPrinter(options);
  return await inRoom(options, ExitCode.ok, async (room) => {
    for await (const event of room) {
      if (!await print(event)) break;
    }
  });
}

/** Does something in the room, and leaves it whatever happens. */
async function inRoom(
  options: ScriptOptions,
  stopped: ExitCode,
  action: (room: RoomClient) => Promise<void>,
): Promise<ExitCode> {
  const { session, login, io, language, signal } = options;
  const room = startRoom(session, login);
  const stay = async (): Promise<ExitCode> => {
    try {
      await using entered = room;
      await entered.entered;
      await action(entered);
      return ExitCode.ok;
    } catch (error) {
      if (error instanceof OutputError) {
        const { outputFailed } = terminalStrings(language);
        io.writeError(printableText(outputFailed(error.message)) + "\n");
        return ExitCode.failed;
      }
      if (!(error instanceof RoomError)) throw error;
      if (signal.aborted) return stopped;
      const { failure } = error;
      io.writeError(printableText(failureText(language, failure)) + "\n");
      return failureExitCode(failure);
    }
  };
  const stop = whenStopped(options, room).then(() => stopped);
  return await Promise.race([stop, stay()]);
}

/** After a signal, resolves when the room was left, whatever else still waits. */
async function whenStopped(
  { signal }: ScriptOptions,
  room: RoomClient,
): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
  await room.close();
}

async function readText(io: PipeIo): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let length = 0; length < MAX_INPUT_BYTES;) {
    const bytes = await io.read();
    if (bytes === undefined) break;
    length += bytes.length;
    text += decoder.decode(bytes, { stream: true });
  }
  return (text + decoder.decode()).replace(/\r?\n$/, "");
}

/** Makes what prints an event as text; it tells false if nobody reads it. */
function textPrinter(
  { io, language }: ScriptOptions,
): (event: RoomEvent) => Promise<boolean> {
  const { answersAgain, connectedAgain } = terminalStrings(language);
  let before: ConnectionState = { state: "online" };
  const say = (text: string): Promise<boolean> => {
    io.writeError(printableText(text) + "\n");
    return Promise.resolve(true);
  };
  return (event) => {
    switch (event.type) {
      case "message":
        // Removed before this script got it: there is nothing to read.
        if (event.text === "") return Promise.resolve(true);
        return isWritten(io, messageLine(event));
      case "change":
        return say(changeText(language, event, UNKNOWN_MESSAGE));
      case "joined":
      case "left":
      case "gap":
        return say(noticeText(language, event));
      case "connection": {
        const isSaid = isNews(event, before);
        const wasGone = before.state === "reconnecting";
        before = event;
        if (!isSaid) return Promise.resolve(true);
        if (event.state === "online") {
          return say(wasGone ? connectedAgain : answersAgain);
        }
        return say(
          noticeText(language, { type: "connection", connection: event }),
        );
      }
    }
  };
}

/** A script keeps nothing of what it has printed. */
const UNKNOWN_MESSAGE = { number: undefined, text: "" };

/** What was said is lost: its message is the system's. */
class OutputError extends Error {}

/** @throws {OutputError} If it cannot be written, though it is to be read. */
async function isWritten(io: PipeIo, text: string): Promise<boolean> {
  try {
    await io.write(text);
    return true;
  } catch (error) {
    const end = outputEndOf(error);
    if (end.type === "failed") throw new OutputError(end.reason);
    // Whoever read it has enough, as after `| head`.
    return false;
  }
}

function failureExitCode(failure: RoomFailure): ExitCode {
  switch (failure.type) {
    case "serverInvalid":
      return ExitCode.silent;
    case "loginRefused":
      return refusalExitCode(failure.refusal);
    case "roomRefused":
    case "messageRefused":
      return ExitCode.refused;
    case "roomClosed":
      return ExitCode.failed;
    case "ended":
      return failure.reason.code === "refused"
        ? refusalExitCode(failure.reason.refusal)
        : ExitCode.failed;
  }
}
