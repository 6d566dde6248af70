/**
 * What is done to an act that a person typed, before it is sent.
 *
 * @module
 */

import { countCharacters } from "./character_count.ts";
import type { MessageRefusal } from "./chat_client_event.ts";
import { MAX_TOPIC_CHARACTERS } from "./limits.ts";
import { type Act, isEmoji } from "./room_event.ts";

/**
 * Makes an act one that can be sent: lone surrogates have no UTF-8.
 *
 * @param act As it was typed.
 * @returns The act with well-formed texts.
 */
export function wellFormedAct(act: Act): Act {
  switch (act.type) {
    case "message":
    case "edit":
    case "topic":
      return { ...act, text: act.text.toWellFormed() };
    case "remove":
    case "react":
    case "pin":
    case "acknowledge":
      return act;
  }
}

/**
 * Tells what the server would refuse for what it says.
 *
 * @param act The act.
 * @param messageCharacters The longest message.
 * @returns Why it is refused; undefined if it is not.
 */
export function checkTypedAct(
  act: Act,
  messageCharacters: number,
): MessageRefusal | undefined {
  switch (act.type) {
    case "message":
    case "edit":
      return checkText(act.text, messageCharacters);
    case "topic":
      return checkText(act.text, MAX_TOPIC_CHARACTERS);
    case "react":
      return isEmoji(act.emoji) ? undefined : { code: "notEmoji" };
    case "remove":
    case "pin":
    case "acknowledge":
      return undefined;
  }
}

function checkText(
  text: string,
  limitCharacters: number,
): MessageRefusal | undefined {
  if (text.trim() === "") return { code: "empty" };
  const characters = countCharacters(text);
  return characters > limitCharacters
    ? { code: "tooLong", limitCharacters, characters }
    : undefined;
}
