/**
 * Makes text of others harmless for a terminal: a message must not move the
 * cursor, change colors, retitle the window or turn the reading direction.
 *
 * @module
 */

import type { MessageStyle } from "../chat/room_event.ts";

/**
 * C0 and C1 controls and DEL drive terminals; U+2028 and U+2029 break lines;
 * U+202A to U+202E and U+2066 to U+2069 reorder the text around them
 * (Unicode Technical Report 36 section 2.5 "Bidirectional Text Spoofing").
 * The joiners that emoji and Indic scripts need stay.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Replaces what a terminal would act on by a visible sign.
 *
 * @param text Any text.
 * @returns One line of text that a terminal only shows.
 */
export function printableText(text: string): string {
  return text.replace(UNSAFE, visibleSign);
}

/**
 * Writes text on one line without losing any of it, with escapes as in JSON:
 * `\n`, `\r`, `\\` and `\u001b`. Tabs stay as they are.
 *
 * @param text Any text.
 * @returns One line of text that a terminal only shows.
 */
export function escapedText(text: string): string {
  return text.replaceAll("\\", "\\\\").replace(UNSAFE, escapeSequence);
}

/**
 * Writes a message as one line for a script.
 *
 * @param message Whose it is and what was said; an action begins with `/me`,
 * an announcement with `/announce`.
 * @returns `name: text` and a line break. The first `: ` ends the name.
 */
export function messageLine(
  { author, text, style }: {
    readonly author: string;
    readonly text: string;
    readonly style: MessageStyle;
  },
): string {
  const name = escapedText(author).replaceAll(": ", "\\u003a ");
  return `${name}: ${COMMANDS[style]}${escapedText(text)}\n`;
}

/** What a message begins with, as it could be typed. */
const COMMANDS: Readonly<Record<MessageStyle, string>> = {
  plain: "",
  action: "/me ",
  announcement: "/announce ",
};

/**
 * Writes a value as one line of JSON that a terminal can be shown.
 *
 * @param value Plain data.
 * @returns The JSON, with every sign that could steer a terminal escaped.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, unicodeEscape) + "\n";
}

function visibleSign(character: string): string {
  if (character === "\t") return " ";
  const code = character.charCodeAt(0);
  // Unicode's block of control pictures follows C0.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return "\ufffd";
}

function escapeSequence(character: string): string {
  switch (character) {
    case "\t":
      return character;
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    default:
      return unicodeEscape(character);
  }
}

function unicodeEscape(character: string): string {
  return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
}
