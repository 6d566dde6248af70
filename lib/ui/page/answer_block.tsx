/**
 * What the server answered, in one block of the message list.
 *
 * @module
 */

import { type ComponentChildren, createContext, type VNode } from "preact";
import { useContext } from "preact/hooks";
import type { Answer, FoundMessage, PastMessage } from "../../chat/request.ts";
import { type AnswerFormat, answerParts } from "../answer_parts.ts";
import { lookupStrings } from "../lookup_strings.ts";
import { roomStrings } from "../room_strings.ts";
import type { Language } from "../strings.ts";
import { formatMoment } from "./format_time.ts";
import { PAGE_STRINGS } from "./page_strings.ts";
import { RollButton } from "./roll_button.tsx";

/** Names the rooms of the page for what is shown in it. */
export const RoomLabels = createContext<AnswerFormat["roomLabel"]>(() =>
  undefined
);

/**
 * An answer.
 *
 * @param props The language, and the answer.
 * @returns The block.
 */
export function AnswerBlock(props: {
  readonly language: Language;
  readonly answer: Answer;
}): VNode {
  const { language, answer } = props;
  const moment = (timeMs: number) => formatMoment(language, timeMs);
  const { heading, lines, messages, closing } = answerParts(answer, {
    language,
    moment,
    roomLabel: useContext(RoomLabels),
  });
  return (
    <div class="notice answer">
      <p>{heading}</p>
      {lines.map((line, index) => <p key={index}>{line}</p>)}
      {saidLines(language, messages)}
      {closing && <p>{closing}</p>}
      {answer.type === "roll" && (
        <p>
          <RollButton language={language} roll={answer} />
        </p>
      )}
    </div>
  );
}

/**
 * The newest of what was missed, while the rest is on its way.
 *
 * @param props The language, and what is there.
 * @returns The block.
 */
export function FetchingBlock(props: {
  readonly language: Language;
  readonly fetching: {
    readonly events: number;
    readonly newest: readonly PastMessage[];
  };
}): VNode {
  const { language, fetching } = props;
  return (
    <div class="notice answer">
      <p>{roomStrings(language).fetching(fetching.events)}</p>
      {saidLines(language, fetching.newest)}
    </div>
  );
}

function saidLines(
  language: Language,
  messages: readonly PastMessage[],
): VNode[] {
  return messages.map((message) => (
    <p key={message.sequence}>
      {formatMoment(language, message.timeMs)} <b>{message.author}</b>
      {message.style === "plain" && ":"} {saidText(language, message)}
    </p>
  ));
}

function saidText(
  language: Language,
  message: PastMessage | FoundMessage,
): ComponentChildren {
  const { text, isEdited } = message;
  if (text === "") return PAGE_STRINGS[language].removed;
  return (
    <>
      {"ranges" in message ? markedText(message) : text}
      {isEdited && ` ${lookupStrings(language).edited}`}
    </>
  );
}

/** The text with the words that were sought. */
function markedText({ text, ranges }: FoundMessage): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const [start, end] = [ranges[i]!, ranges[i + 1]!];
    const word = text.slice(start, end);
    parts.push(text.slice(at, start), <mark key={start}>{word}</mark>);
    at = end;
  }
  return [...parts, text.slice(at)];
}
