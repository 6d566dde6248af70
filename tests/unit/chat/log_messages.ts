import {
  changeMessage,
  newMessageState,
} from "../../../lib/chat/message_state.ts";
import type {
  LogFound,
  LogMessage,
  LogQuery,
  MessageQuery,
} from "../../../lib/chat/room_find.ts";
import type { LogEvent, LogLoad } from "../../../lib/chat/room_log.ts";
import { authorNameKey, findTerms } from "../../../lib/chat/search_words.ts";

/**
 * Folds a log as a client does: what it has to find is the same.
 *
 * @param events All events from the first on, as they were appended.
 * @returns Their messages as they are now, ascending.
 */
export function logMessages(events: readonly LogEvent[]): LogMessage[] {
  return events.flatMap((event): LogMessage[] => {
    const { sequence, authorKey, author, accountId, act, timeMs } = event;
    if (act.type !== "message") return [];
    let state = newMessageState(act.text);
    for (const { act, author, timeMs } of events) {
      const isOn = "target" in act && act.target === sequence;
      if (isOn) state = changeMessage(state, { act, author, timeMs });
    }
    const { style, replyTo } = act;
    const { text, isEdited } = state;
    const origin = { sequence, authorKey, accountId, author };
    const message = { ...origin, style, replyTo, text };
    return [{ ...message, isEdited, timeMs }];
  });
}

/**
 * Reads what a log has to, by a look at every event.
 *
 * @param events All events from the first on, as they were appended.
 * @param load What is asked for.
 * @returns The answer.
 */
export function loadFrom(
  events: readonly LogEvent[],
  { after, limit, withReactions }: LogLoad,
): LogEvent[] {
  const page = events.filter(({ sequence }) => sequence > after)
    .slice(0, limit);
  const [first] = page;
  if (withReactions !== true || first === undefined) return page;
  const reactions = events.filter(({ act }) =>
    act.type === "react" && act.target === first.sequence
  );
  return [...page, ...reactions];
}

/**
 * Finds what a log has to, by a look at every message.
 *
 * @param events As above.
 * @param query What to find.
 * @returns The answer.
 */
export function findIn(
  events: readonly LogEvent[],
  query: LogQuery | MessageQuery,
): LogFound {
  if (query.type === "message") return messageIn(events, query);
  const isUp = query.type === "after";
  const all = logMessages(events).filter((message) => isFound(message, query));
  if (!isUp) all.reverse();
  const messages = all.slice(0, query.limit);
  const isEnd = messages.length === all.length;
  const searchedTo = isEnd
    ? isUp ? query.through : events[0]?.sequence ?? query.before
    : messages.at(-1)!.sequence;
  return { messages, searchedTo, isEnd };
}

function messageIn(
  events: readonly LogEvent[],
  { target, through }: MessageQuery,
): LogFound {
  const acknowledged = events.flatMap((event) => {
    const { act, sequence, authorKey, accountId, author, timeMs } = event;
    if (act.type !== "acknowledge" || act.target !== target) return [];
    if (sequence > through) return [];
    return [{ authorKey, accountId, name: author, timeMs }];
  });
  const messages = logMessages(events).filter(({ sequence }) =>
    sequence === target
  );
  return { messages, searchedTo: target, isEnd: true, acknowledged };
}

function isFound(message: LogMessage, query: LogQuery): boolean {
  const { sequence, author, text, timeMs } = message;
  switch (query.type) {
    case "before":
      return sequence < query.before;
    case "after":
      return sequence > query.after && sequence <= query.through;
    case "search": {
      const { terms, authorNameKey: key, sinceMs, untilMs, before } = query;
      return sequence < before && text !== "" &&
        timeMs >= sinceMs && timeMs <= untilMs &&
        (key === "" || authorNameKey(author) === key) &&
        findTerms(text, terms) !== undefined;
    }
  }
}
