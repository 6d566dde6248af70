/**
 * Reads what a page says. The page is ours, but what it says crosses a process
 * border, and the browser face's a socket: only exact commands pass.
 *
 * @module
 */

import type { ClientCommand } from "./bridge.ts";

/**
 * Reads one command.
 *
 * @param json The text a page sent.
 * @returns The command; nothing if the text is not exactly one.
 */
export function decodeClientCommand(json: string): ClientCommand | undefined {
  if (json.length > MAX_COMMAND_CHARACTERS) return undefined;
  const value = parse(json);
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const { type, host, port, name, password, text } = fields;
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
      return hasFields(2) && typeof text === "string"
        ? { type, text }
        : undefined;
    default:
      return undefined;
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
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
