import type { Answer, PastMessage } from "../../chat/request.ts";
import type { ChangeAct } from "../../chat/room_event.ts";

/**
 * Applies a change to an answer that is on the screen: a text that was removed
 * is nowhere.
 *
 * @param answer The answer.
 * @param act What happened.
 * @returns The answer now; the same object if nothing changed.
 */
export function changeAnswer(answer: Answer, act: ChangeAct): Answer {
  if (act.type !== "edit" && act.type !== "remove") return answer;
  const { target } = act;
  const changed = act.type === "remove"
    ? { text: "", isEdited: false }
    : { text: act.text, isEdited: true };
  const isOn = ({ sequence, text }: PastMessage) =>
    sequence === target && text !== "";
  switch (answer.type) {
    case "history": {
      const { messages } = answer;
      if (!messages.some(isOn)) return answer;
      return {
        ...answer,
        messages: messages.map((message) =>
          isOn(message) ? { ...message, ...changed } : message
        ),
      };
    }
    case "search": {
      const { matches } = answer;
      if (!matches.some(isOn)) return answer;
      return {
        ...answer,
        matches: matches.map((match) =>
          isOn(match) ? { ...match, ...changed, ranges: [] } : match
        ),
      };
    }
  }
  return answer;
}
