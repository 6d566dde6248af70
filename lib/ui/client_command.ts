/**
 * Reads what a page says. The page is ours, but what it says crosses a process
 * border, and the browser face's a socket: only exact commands pass.
 *
 * @module
 */

import { MAX_ANSWER_MESSAGES, MAX_TIME_MS } from "../chat/limits.ts";
import type { Query } from "../chat/request.ts";
import {
  type Act,
  MESSAGE_STYLES,
  type MessageStyle,
} from "../chat/room_event.ts";
import type { ServerQuery } from "../chat/server_query.ts";
import type { ClientCommand } from "./bridge.ts";
import { readPeopleQuery } from "./people_query.ts";

/**
 * Reads one command.
 *
 * @param json The text a page sent.
 * @returns The command; nothing if the text is not exactly one.
 */
export function decodeClientCommand(json: string): ClientCommand | undefined {
  if (json.length > MAX_COMMAND_CHARACTERS) return undefined;
  const fields = fieldsOf(parse(json));
  if (fields === undefined) return undefined;
  const { type, host, port, name, password, roomId, text } = fields;
  const hasFields = (count: number) => Object.keys(fields).length === count;
  switch (type) {
    case "faceReady":
    case "cancelLogin":
    case "quit":
      return hasFields(1) ? { type } : undefined;
    case "login":
      return hasFields(5) && typeof host === "string" && isPort(port) &&
          typeof name === "string" && typeof password === "string"
        ? { type, host, port, name, password }
        : undefined;
    case "forgetServerKey":
      return hasFields(3) && typeof host === "string" && isPort(port)
        ? { type, host, port }
        : undefined;
    case "send":
      return hasFields(3) && isSequence(roomId) && typeof text === "string"
        ? { type, roomId, text }
        : undefined;
    case "read": {
      const { sequence } = fields;
      return hasFields(3) && isSequence(roomId) && isSequence(sequence)
        ? { type, roomId, sequence }
        : undefined;
    }
    case "act": {
      const act = hasFields(3) ? actOf(fields["act"]) : undefined;
      return act === undefined || !isSequence(roomId)
        ? undefined
        : { type, roomId, act };
    }
    case "claim": {
      const { questionId } = fields;
      return hasFields(4) && isSequence(roomId) &&
          isSequence(questionId, 0) && typeof password === "string"
        ? { type, roomId, questionId, password }
        : undefined;
    }
    case "ask": {
      const { questionId } = fields;
      const query = readQuery(fieldsOf(fields["query"]));
      return hasFields(4) && isSequence(roomId) &&
          isSequence(questionId, 0) && query !== undefined
        ? { type, roomId, questionId, query }
        : undefined;
    }
    default:
      return undefined;
  }
}

function readQuery(
  fields: Record<string, unknown> | undefined,
): Query | undefined {
  if (fields === undefined) return undefined;
  const { type, direction, sequence, limit, name } = fields;
  const { words, author, sinceMs, untilMs, before } = fields;
  const hasFields = (count: number) => Object.keys(fields).length === count;
  const isLimit = isUpTo(limit, MAX_ANSWER_MESSAGES) && limit > 0;
  switch (type) {
    case "history":
      return hasFields(4) && isLimit && isSequence(sequence, 0) &&
          (direction === "before" || direction === "after")
        ? { type, direction, sequence, limit }
        : undefined;
    case "search":
      return hasFields(7) && isLimit && isSequence(before, 0) &&
          typeof words === "string" &&
          typeof author === "string" && isUpTo(sinceMs, MAX_TIME_MS) &&
          isUpTo(untilMs, MAX_TIME_MS)
        ? { type, words, author, sinceMs, untilMs, before, limit }
        : undefined;
    case "who":
      return hasFields(1) ? { type } : undefined;
    case "whois":
      return hasFields(2) && typeof name === "string"
        ? { type, name }
        : undefined;
    case "receipts":
    case "roll": {
      const { target } = fields;
      return hasFields(2) && isSequence(target) ? { type, target } : undefined;
    }
    default:
      return readServerQuery(fields) ?? readPeopleQuery(fields);
  }
}

function readServerQuery(
  fields: Record<string, unknown>,
): ServerQuery | undefined {
  const { type, name, kind, roomId } = fields;
  const hasFields = (count: number) => Object.keys(fields).length === count;
  switch (type) {
    case "rooms":
    case "archive":
      return hasFields(1) ? { type } : undefined;
    case "createRoom":
      return hasFields(3) && typeof name === "string" &&
          (kind === "public" || kind === "private")
        ? { type, kind, name }
        : undefined;
    case "leaveRoom":
      return hasFields(2) && isSequence(roomId) ? { type, roomId } : undefined;
    case "joinRoom":
    case "direct":
    case "invite":
      return hasFields(2) && typeof name === "string"
        ? { type, name }
        : undefined;
    default:
      return undefined;
  }
}

function isUpTo(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 &&
    (value as number) <= max;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : undefined;
}

/** What a person does in the room; the session checks what it says. */
function actOf(value: unknown): Act | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { type, style, replyTo, target, text, emoji, isOn } = fields;
  const hasFields = (count: number) => Object.keys(fields).length === count;
  switch (type) {
    case "message":
      return hasFields(4) && isStyle(style) && isSequence(replyTo, 0) &&
          typeof text === "string"
        ? { type, style, replyTo, text }
        : undefined;
    case "edit":
      return hasFields(3) && isSequence(target) && typeof text === "string"
        ? { type, target, text }
        : undefined;
    case "remove":
    case "acknowledge":
      return hasFields(2) && isSequence(target) ? { type, target } : undefined;
    case "react":
      return hasFields(4) && isSequence(target) && typeof emoji === "string" &&
          typeof isOn === "boolean"
        ? { type, target, emoji, isOn }
        : undefined;
    case "pin":
      return hasFields(3) && isSequence(target) && typeof isOn === "boolean"
        ? { type, target, isOn }
        : undefined;
    case "topic":
      return hasFields(2) && typeof text === "string"
        ? { type, text }
        : undefined;
    default:
      return undefined;
  }
}

function isStyle(value: unknown): value is MessageStyle {
  return MESSAGE_STYLES.some((style) => style === value);
}

function isSequence(value: unknown, min = 1): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 &&
    (value as number) <= 65_535;
}

/**
 * Far above the longest message, so that a message too long still reaches the
 * session and is refused with words.
 */
const MAX_COMMAND_CHARACTERS = 1024 * 1024;
