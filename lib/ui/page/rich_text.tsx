/**
 * A message's text with what is more than text in it.
 *
 * @module
 */

import type { VNode } from "preact";
import { type MentionNames, mentionNames } from "../../chat/mentions.ts";
import { type TextPart, textParts } from "../text_ranges.ts";

/**
 * A text: code as code, addresses as links, the reader's name marked. Everything
 * in it is text of an element; nothing is read as markup.
 *
 * @param props The text and the reader's name.
 * @returns Its parts.
 */
export function RichText(props: {
  readonly text: string;
  readonly self: string;
}): VNode {
  const parts = textParts(props.text, namesOf(props.self));
  return (
    <>
      {parts.map((part, i) => (
        <Part
          key={i}
          {...(isBelowBlock(parts, i) ? withoutBreak(part) : part)}
        />
      ))}
    </>
  );
}

function isBelowBlock(parts: readonly TextPart[], at: number): boolean {
  return parts[at - 1]?.type === "codeBlock";
}

/** What follows a block is on a line of its own already. */
function withoutBreak(part: TextPart): TextPart {
  return { ...part, text: part.text.replace(/^\n/, "") };
}

function Part(part: TextPart): VNode {
  switch (part.type) {
    case "text":
      return <>{part.text}</>;
    case "code":
      return <code>{part.text}</code>;
    case "codeBlock":
      return <pre dir="ltr"><code>{part.text}</code></pre>;
    case "link":
      return (
        <a
          href={part.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          referrerpolicy="no-referrer"
        >
          {part.text}
        </a>
      );
    case "mention":
      return <mark class="mention">{part.text}</mark>;
  }
}

let known: { readonly self: string; readonly names: MentionNames } | undefined;

/** The same for all messages of a room. */
function namesOf(self: string): MentionNames {
  if (known?.self !== self) known = { self, names: mentionNames([self]) };
  return known.names;
}
