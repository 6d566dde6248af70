/**
 * The list of what the input can go on with.
 *
 * @module
 */

/// <reference lib="dom" />

import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { usageOf } from "../slash_command.ts";
import type { Language } from "../strings.ts";
import { PAGE_STRINGS } from "./page_strings.ts";
import {
  completionId,
  type Completions,
  COMPLETIONS_ID,
} from "./use_completions.ts";

/**
 * Shows the candidates above the input, which keeps the focus.
 *
 * @param props The language, and the candidates.
 * @returns The list; null while there is none.
 */
export function CompletionList(
  { language, completions: { open, take } }: {
    readonly language: Language;
    readonly completions: Completions;
  },
): VNode | null {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")
      ?.scrollIntoView({ block: "nearest" });
  }, [open?.active]);
  if (open === undefined) return null;
  return (
    <ul
      ref={list}
      id={COMPLETIONS_ID}
      class="completions"
      role="listbox"
      aria-label={PAGE_STRINGS[language].suggestions}
      onMouseDown={(event) => event.preventDefault()}
    >
      {open.completion.candidates.map(({ label, command }, i) => (
        <li
          key={label}
          id={completionId(i)}
          role="option"
          aria-selected={i === open.active}
          onClick={() => take(i)}
        >
          <bdi>
            {command === undefined ? label : usageOf(language, command)}
          </bdi>
          {command && <span class="purpose">{command.help[language]}</span>}
        </li>
      ))}
    </ul>
  );
}
