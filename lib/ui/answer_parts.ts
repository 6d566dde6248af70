/**
 * What a person is shown of an answer, whatever it is shown on.
 *
 * @module
 */

import { isPeopleAnswer } from "../chat/people_request.ts";
import type {
  AnnouncementRoll,
  Answer,
  PastMessage,
  ReceiptNames,
} from "../chat/request.ts";
import type { AuditFormat } from "./audit_strings.ts";
import { type LookupStrings, lookupStrings } from "./lookup_strings.ts";
import { peopleAnswerText, personLines } from "./people_strings.ts";
import { roomStrings } from "./room_strings.ts";

/** An answer, ready to be laid out from top to bottom. */
export interface AnswerParts {
  /** What it is. */
  readonly heading: string;
  /** A sentence for each line. */
  readonly lines: readonly string[];
  /** In the order in which they were said. */
  readonly messages: readonly PastMessage[];
  /** How to go on; may be empty. */
  readonly closing: string;
}

/** How an answer is written. */
export type AnswerFormat = AuditFormat;

/**
 * Puts an answer into words.
 *
 * @param answer The answer.
 * @param format How to write it.
 * @returns Its parts.
 */
export function answerParts(
  answer: Answer,
  format: AnswerFormat,
): AnswerParts {
  if (isPeopleAnswer(answer)) {
    return { ...EMPTY, ...peopleAnswerText(answer, format) };
  }
  const strings = lookupStrings(format.language);
  switch (answer.type) {
    case "history":
      return historyParts(answer, strings);
    case "search":
      return searchParts(answer, strings);
    case "who": {
      const { members } = answer;
      const lines = members.map(({ name, sinceMs }) =>
        strings.since(name, format.moment(sinceMs))
      );
      return { ...EMPTY, heading: strings.present(members.length), lines };
    }
    case "whois": {
      const { name, sinceMs, lastWroteMs } = answer;
      const here = sinceMs === 0
        ? strings.notHere(name)
        : strings.hereSince(name, format.moment(sinceMs));
      const wrote = lastWroteMs === 0
        ? strings.neverWrote
        : strings.lastWrote(format.moment(lastWroteMs));
      const lines = personLines(format.language, answer);
      return { ...EMPTY, heading: `${here} ${wrote}`, lines };
    }
    case "receipts":
      return receiptParts(answer, strings);
    case "roll":
      return rollParts(answer, strings, format);
    case "rooms": {
      const { publicRooms, publicRoom } = roomStrings(format.language);
      const lines = answer.rooms.map(({ name, present, isIn }) =>
        publicRoom(name, present, isIn)
      );
      return { ...EMPTY, heading: publicRooms(lines.length), lines };
    }
    case "invite":
      return { ...EMPTY, heading: roomStrings(format.language).invited };
    case "createRoom":
    case "joinRoom":
    case "direct":
    case "leaveRoom":
    case "archive":
      // The room that comes or goes says it.
      return EMPTY;
  }
}

type AnswerOf<Type extends Answer["type"]> = Extract<
  Answer,
  { readonly type: Type }
>;

function historyParts(
  { messages, isEnd }: AnswerOf<"history">,
  strings: LookupStrings,
): AnswerParts {
  if (messages.length === 0) return { ...EMPTY, heading: strings.nothingOlder };
  return {
    ...EMPTY,
    heading: strings.older(messages.length),
    messages,
    closing: isEnd ? strings.atStart : strings.olderStill,
  };
}

function searchParts(
  { matches, isStart, searchedFrom }: AnswerOf<"search">,
  strings: LookupStrings,
): AnswerParts {
  const more = matches.length === 0
    ? strings.lookedBack(searchedFrom)
    : strings.olderMatches(searchedFrom);
  return {
    ...EMPTY,
    heading: strings.found(matches.length),
    messages: matches.toReversed(),
    closing: isStart ? "" : more,
  };
}

function receiptParts(
  { read, delivered, missing }: ReceiptNames,
  strings: LookupStrings,
): AnswerParts {
  const got = read.length + delivered.length;
  const lines = [
    namesLine(strings.readBy, read),
    namesLine(strings.deliveredTo, delivered),
    namesLine(strings.notDelivered, missing),
  ].flat();
  const heading = strings.receipts(got, read.length, got + missing.length);
  return { ...EMPTY, heading, lines };
}

function rollParts(
  { acknowledged, missing }: AnnouncementRoll,
  strings: LookupStrings,
  { moment }: AnswerFormat,
): AnswerParts {
  const { length } = acknowledged;
  return {
    ...EMPTY,
    heading: strings.roll(length, length + missing.length),
    lines: [
      ...acknowledged.map(({ name, timeMs }) => `${name}, ${moment(timeMs)}`),
      ...namesLine(strings.notAcknowledged, missing),
    ],
  };
}

function namesLine(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(", ")}`];
}

const EMPTY: AnswerParts = {
  heading: "",
  lines: [],
  messages: [],
  closing: "",
};
