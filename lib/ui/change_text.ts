/**
 * Sentences for what changes a talk, in English and Indonesian.
 *
 * @module
 */

import type { ChangeAct } from "../chat/room_event.ts";
import type { Language } from "./strings.ts";

/** As much of a message as is needed to know it again. */
const MAX_QUOTED_CHARACTERS = 40;

/**
 * Gives the beginning of a message, on one line.
 *
 * @param text The message.
 * @returns At most 40 characters of it, and a sign if that is not all.
 */
export function quotedStart(text: string): string {
  // A long text has at most two units for each character.
  const start = text.slice(0, 4 * MAX_QUOTED_CHARACTERS);
  const characters = [...start.replaceAll(/\s+/g, " ").trim()];
  return characters.length > MAX_QUOTED_CHARACTERS || start !== text
    ? characters.slice(0, MAX_QUOTED_CHARACTERS).join("") + "…"
    : characters.join("");
}

/** The message that a change is about, as far as it is known. */
export interface ChangedMessage {
  /** The number by which people find it; undefined if they cannot. */
  readonly number: number | undefined;
  /** What it says; empty if that is not known, or gone. */
  readonly text: string;
}

/**
 * Says what somebody changed.
 *
 * @param language The language to say it in.
 * @param change Who and what.
 * @param message The message it is about.
 * @returns One sentence.
 */
export function changeText(
  language: Language,
  { author, act }: { readonly author: string; readonly act: ChangeAct },
  message: ChangedMessage,
): string {
  const id = language === "id";
  const which = messageText(language, message);
  const quote = message.text === "" ? "" : ` “${quotedStart(message.text)}”`;
  switch (act.type) {
    case "edit":
      if (act.text === "") {
        return id
          ? `${author} mengubah ${which}, yang kemudian dihapus.`
          : `${author} edited ${which}, which was removed later.`;
      }
      return id
        ? `${author} mengubah ${which}: ${act.text}`
        : `${author} edited ${which}: ${act.text}`;
    case "remove":
      return id
        ? `${author} menghapus ${which}.`
        : `${author} removed ${which}.`;
    case "react":
      if (act.isOn) {
        return id
          ? `${author} memberi ${act.emoji} pada ${which}${quote}.`
          : `${author} put ${act.emoji} at ${which}${quote}.`;
      }
      return id
        ? `${author} mencabut ${act.emoji} dari ${which}${quote}.`
        : `${author} took ${act.emoji} back from ${which}${quote}.`;
    case "pin":
      if (act.isOn) {
        return id
          ? `${author} menyematkan ${which}${quote}.`
          : `${author} pinned ${which}${quote}.`;
      }
      return id
        ? `${author} melepas sematan ${which}${quote}.`
        : `${author} unpinned ${which}${quote}.`;
    case "topic":
      return id
        ? `${author} menetapkan topik: ${act.text}`
        : `${author} set the topic: ${act.text}`;
    case "acknowledge":
      return id
        ? `${author} sudah membaca ${which}${quote}.`
        : `${author} acknowledged ${which}${quote}.`;
  }
}

/**
 * Names what an own act wanted, for the sentence that says why it was refused.
 *
 * @param language The language to say it in.
 * @param act The act.
 * @param message The message it is about.
 * @returns A few words, without a full stop.
 */
export function wantedText(
  language: Language,
  act: ChangeAct,
  message: ChangedMessage,
): string {
  const id = language === "id";
  const which = messageText(language, message);
  switch (act.type) {
    case "edit":
      return id ? `${which} tidak diubah` : `${which} was not edited`;
    case "remove":
      return id ? `${which} tidak dihapus` : `${which} was not removed`;
    case "react":
      return id
        ? `${act.emoji} pada ${which} tidak berubah`
        : `${act.emoji} at ${which} was not changed`;
    case "pin":
      return id
        ? `sematan ${which} tidak berubah`
        : `the pin of ${which} was not changed`;
    case "topic":
      return id ? "topik tidak berubah" : "the topic was not changed";
    case "acknowledge":
      return id
        ? `${which} tidak ditandai sudah dibaca`
        : `${which} was not acknowledged`;
  }
}

/**
 * Says that an own act was refused.
 *
 * @param language The language to say it in.
 * @param what What {@linkcode wantedText} says, and why, as sentences.
 * @returns What happened, and why.
 */
export function notDoneText(
  language: Language,
  { wanted, why }: { readonly wanted: string; readonly why: string },
): string {
  return language === "id"
    ? `Tidak dilakukan: ${wanted}. ${why}`
    : `Not done: ${wanted}. ${why}`;
}

function messageText(
  language: Language,
  { number }: ChangedMessage,
): string {
  if (number !== undefined) {
    return language === "id" ? `pesan ${number}` : `message ${number}`;
  }
  return language === "id" ? "pesan yang lebih lama" : "an older message";
}
