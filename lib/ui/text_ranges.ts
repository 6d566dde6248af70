/**
 * What in a message's plain text is more than text: code, addresses, names. The
 * text itself never holds any markup: whoever shows it makes elements or styles
 * of these parts.
 *
 * @module
 */

import { findCode } from "../chat/code_ranges.ts";
import { findMentions, type MentionNames } from "../chat/mentions.ts";
import { findLinks } from "./text_links.ts";

/** A part of a text; all of them together are the whole text. */
export type TextPart =
  | { readonly type: "text"; readonly text: string }
  /** Inside a line; without its marks. */
  | { readonly type: "code"; readonly text: string }
  /** Lines of their own; without their marks. */
  | { readonly type: "codeBlock"; readonly text: string }
  | { readonly type: "link"; readonly text: string; readonly href: string }
  /** Somebody is spoken to, whose name is written like this. */
  | { readonly type: "mention"; readonly text: string; readonly name: string };

/**
 * Takes a text apart.
 *
 * @param text Any text.
 * @param names Who may be spoken to in it.
 * @returns Its parts, in their order; none is empty.
 */
export function textParts(text: string, names: MentionNames): TextPart[] {
  const code = findCode(text);
  const isInCode = (at: number) =>
    code.some(({ start, end }) => start <= at && at < end);
  const found: FoundPart[] = [
    ...code.map(({ start, end, code, isBlock }): FoundPart => {
      const type = isBlock ? "codeBlock" : "code";
      return { start, end, part: { type, text: code } };
    }),
    ...findLinks(text).filter(({ start }) => !isInCode(start)).map(
      ({ start, end, href }): FoundPart => {
        const shown = text.slice(start, end);
        return { start, end, part: { type: "link", text: shown, href } };
      },
    ),
    ...findMentions(text, names).map(({ start, end, name }): FoundPart => {
      const shown = text.slice(start, end);
      return { start, end, part: { type: "mention", text: shown, name } };
    }),
  ].sort((a, b) => a.start - b.start);
  const parts: TextPart[] = [];
  let at = 0;
  for (const { start, end, part } of found) {
    // A name in an address is a part of the address.
    if (start < at) continue;
    if (start > at) parts.push({ type: "text", text: text.slice(at, start) });
    parts.push(part);
    at = end;
  }
  if (at < text.length) parts.push({ type: "text", text: text.slice(at) });
  return parts;
}

interface FoundPart {
  readonly start: number;
  readonly end: number;
  readonly part: TextPart;
}
