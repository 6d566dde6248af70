/**
 * What a person looks up, as it is typed behind a slash.
 *
 * @module
 */

/** A day of the calendar, wherever it is. */
export interface CalendarDay {
  /** The year. */
  readonly year: number;
  /** From 1 to 12. */
  readonly month: number;
  /** From 1 to 31. */
  readonly day: number;
}

/** What to look up. */
export type LookupCommand =
  | {
    readonly type: "search";
    /** What is sought; may be empty. */
    readonly words: string;
    /** Who wrote it; empty for anybody. */
    readonly author: string;
    /** The first day; undefined for no limit. */
    readonly since: CalendarDay | undefined;
    /** The last day; undefined for no limit. */
    readonly until: CalendarDay | undefined;
    /** Older than this sequence number; 0 for the newest. */
    readonly before: number;
  }
  | {
    readonly type: "history";
    /** How many messages; undefined for some. */
    readonly count: number | undefined;
  }
  | { readonly type: "who" }
  | { readonly type: "whois"; readonly name: string }
  /** Who has an own message. */
  | { readonly type: "receipts"; readonly target: number }
  /** Who has acknowledged an announcement. */
  | {
    readonly type: "roll";
    readonly target: number;
    /** The file to keep it in; empty for none. */
    readonly file: string;
  };

/** What was typed for a day, and is none. */
export interface NoDay {
  /** Tells it from a command. */
  readonly type: "noDay";
  /** What was typed. */
  readonly text: string;
}

/**
 * Reads what is sought.
 *
 * @param rest What was typed behind the command.
 * @returns The command; what is no day; undefined if nothing is sought.
 */
export function readSearch(rest: string): LookupCommand | NoDay | undefined {
  const words: string[] = [];
  const days: { since?: CalendarDay; until?: CalendarDay } = {};
  let author = "";
  let before = 0;
  for (const [part, key, quoted, plain = ""] of rest.matchAll(SEARCH_PART)) {
    const value = quoted ?? plain;
    if (key === "since" || key === "until") {
      const day = readDay(value);
      if (day === undefined) return { type: "noDay", text: value };
      days[key] = day;
    } else if (key === undefined) {
      words.push(part);
    } else if (value === "") {
      return undefined;
    } else if (key === "before") {
      if (!/^\d{1,15}$/.test(value)) return undefined;
      before = Number(value);
    } else author = value;
  }
  const { since, until } = days;
  const isNothing = words.length === 0 && author === "" &&
    since === undefined && until === undefined;
  if (isNothing) return undefined;
  return {
    type: "search",
    words: words.join(" "),
    author,
    since,
    until,
    before,
  };
}

/**
 * Reads how much of the past is to be shown.
 *
 * @param rest What was typed behind the command.
 * @returns The command; undefined if that is no number.
 */
export function readHistory(rest: string): LookupCommand | undefined {
  if (rest === "") return { type: "history", count: undefined };
  const count = /^\d{1,6}$/.test(rest) ? Number(rest) : 0;
  return count > 0 ? { type: "history", count } : undefined;
}

/** As ISO 8601 writes a date; one that there is. */
function readDay(text: string): CalendarDay | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = year >= 1970 && date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day;
  return isReal ? { year, month, day } : undefined;
}

/** `key:value`, `key:"some words"`, or a word. */
const SEARCH_PART = /(?:(from|since|until|before):(?:"([^"]*)"|(\S*)))|\S+/g;
