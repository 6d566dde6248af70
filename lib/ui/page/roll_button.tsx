/**
 * Keeps a roll as a file.
 *
 * @module
 */

/// <reference lib="dom" />

import type { VNode } from "preact";
import type { AnnouncementRoll } from "../../chat/request.ts";
import { lookupStrings } from "../lookup_strings.ts";
import { rollCsv } from "../roll_csv.ts";
import type { Language } from "../strings.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * The button below a roll.
 *
 * @param props The language, and the roll.
 * @returns The button.
 */
export function RollButton(props: {
  readonly language: Language;
  readonly roll: AnnouncementRoll;
}): VNode {
  const { language, roll } = props;
  const save = () => {
    const { rollColumns } = lookupStrings(language);
    const csv = rollCsv(roll, rollColumns);
    saveFile("roll.csv", new Blob([csv], { type: "text/csv;charset=utf-8" }));
  };
  return (
    <button type="button" class="link" onClick={save}>
      {PAGE_STRINGS[language].saveCsv}
    </button>
  );
}

function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The engine has taken it by then; the address would keep it in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
