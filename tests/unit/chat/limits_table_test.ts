/**
 * docs/LIMITS.md says what the code does: each limit is in one of its tables by
 * name and value, and whoever meets one reads what the table says.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { MessageRefusal } from "../../../lib/chat/chat_client_event.ts";
import * as limits from "../../../lib/chat/limits.ts";
import { DEFAULT_LOGIN_RATES } from "../../../lib/chat/login_throttle.ts";
import type { Refusal } from "../../../lib/ui/bridge.ts";
import {
  lookupStrings,
  questionRefusalText,
} from "../../../lib/ui/lookup_strings.ts";
import {
  type Language,
  messageRefusalText,
  refusalText,
} from "../../../lib/ui/strings.ts";

type Say = (language: Language) => string;

const SECONDS = { retryAfterSeconds: 3 };

function message(refusal: MessageRefusal): Say {
  return (language) => messageRefusalText(language, refusal);
}

function login(refusal: Refusal): Say {
  return (language) => {
    const { what, next } = refusalText(language, refusal);
    return `${what} ${next}`;
  };
}

function question(refusal: Parameters<typeof questionRefusalText>[1]): Say {
  return (language) => questionRefusalText(language, refusal);
}

function tooLong(limitCharacters: number): Say {
  const characters = limitCharacters + 1;
  return message({ code: "tooLong", limitCharacters, characters });
}

const tooFast = message({ code: "tooFast", ...SECONDS });
const nothingOlder: Say = (language) => lookupStrings(language).nothingOlder;

const { DEFAULT_CHAT_LIMITS } = limits;

/** What somebody reads who meets a limit, by its name. */
const SENTENCES: Readonly<Record<string, Say>> = {
  messageCharacters: tooLong(DEFAULT_CHAT_LIMITS.messageCharacters),
  messageBurst: tooFast,
  messagesPerSecond: tooFast,
  MAX_OUTBOX_MESSAGES: message({
    code: "outboxFull",
    limitMessages: limits.MAX_OUTBOX_MESSAGES,
  }),
  MAX_TOPIC_CHARACTERS: tooLong(limits.MAX_TOPIC_CHARACTERS),
  MAX_EMOJI_CHARACTERS: message({ code: "notEmoji" }),
  MAX_REACTION_KINDS: message({
    code: "tooManyReactions",
    limitKinds: limits.MAX_REACTION_KINDS,
  }),
  MAX_NAME_CHARACTERS: login({ code: "nameInvalid", rule: "tooLong" }),
  members: login({ code: "roomFull" }),
  DEFAULT_LOGIN_RATES: login({ code: "throttled", ...SECONDS }),
  REQUEST_BURST: question({ code: "tooFast", ...SECONDS }),
  REQUESTS_PER_SECOND: question({ code: "tooFast", ...SECONDS }),
  MAX_OPEN_REQUESTS: question({
    code: "tooManyOpen",
    limitRequests: limits.MAX_OPEN_REQUESTS,
  }),
  MAX_WAITING_FINDS: question({ code: "busy", ...SECONDS }),
  MAX_SEARCH_CHARACTERS: question({
    code: "tooLong",
    limitCharacters: limits.MAX_SEARCH_CHARACTERS,
  }),
  MAX_WAITING_CHANGES: question({ code: "busy", ...SECONDS }),
  MAX_ROOMS: question({
    code: "tooManyRooms",
    limitRooms: limits.MAX_ROOMS,
  }),
  MAX_ROOMS_OF_PERSON: question({
    code: "inTooManyRooms",
    limitRooms: limits.MAX_ROOMS_OF_PERSON,
  }),
  MAX_CREATED_ROOMS: question({
    code: "createdTooManyRooms",
    limitRooms: limits.MAX_CREATED_ROOMS,
  }),
  MAX_PRIVATE_MEMBERS: question({
    code: "roomFull",
    limitMembers: limits.MAX_PRIVATE_MEMBERS,
  }),
  keepDays: nothingOlder,
  keepMegabytes: nothingOlder,
};

/** Every limit that is a number, by its name. */
const VALUES: ReadonlyMap<string, number | undefined> = new Map([
  ...Object.entries({ ...limits, ...DEFAULT_CHAT_LIMITS }).flatMap(
    ([name, value]) =>
      typeof value === "number" ? [[name, value] as const] : [],
  ),
  ["DEFAULT_LOGIN_RATES", DEFAULT_LOGIN_RATES.perAddress.burst],
  ["keepDays", undefined],
  ["keepMegabytes", undefined],
]);

interface Row {
  readonly name: string;
  readonly value: string;
  readonly reads: string;
}

/** The rows of the table under a heading. */
function rowsUnder(heading: string): Row[] {
  const text = Deno.readTextFileSync(
    new URL("../../../docs/LIMITS.md", import.meta.url),
  );
  const section = text.split("\n## ").find((part) => part.startsWith(heading));
  assert(section !== undefined, heading);
  return section.split("\n").filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => {
      const [, , name = "", value = "", reads = ""] = line.split("|").map((
        cell,
      ) => cell.trim());
      // The name of a limit that is elsewhere is a link.
      return { name: name.replace(/^\[(.*)\]\(.*\)$/, "$1"), value, reads };
    });
}

const MET = rowsUnder("Limits that people meet");
const UNMET = rowsUnder("Limits that people do not meet");

Deno.test("docs/LIMITS.md has each limit once", () => {
  assertEquals(
    [...MET, ...UNMET].map(({ name }) => name).sort(),
    [...VALUES.keys()].sort(),
  );
});

Deno.test("docs/LIMITS.md has each limit's value", () => {
  for (const { name, value } of [...MET, ...UNMET]) {
    const number = /^[\d,]+/.exec(value)?.[0].replaceAll(",", "");
    assertEquals(number && Number(number), VALUES.get(name), name);
  }
});

Deno.test("docs/LIMITS.md says what whoever meets a limit reads", () => {
  assertEquals(
    MET.map(({ name, reads }) => [name, reads]),
    MET.map(({ name }) => [name, SENTENCES[name]?.("en")]),
  );
  assertEquals(
    MET.map(({ name }) => name).sort(),
    Object.keys(SENTENCES).sort(),
  );
});

Deno.test("whoever meets a limit reads it in both languages", () => {
  for (const [name, say] of Object.entries(SENTENCES)) {
    assertNotEquals(say("id"), say("en"), name);
    assert(say("id").length > 10, name);
    // What can be tried again says when, and with which number.
    const numbers = (text: string) => text.replaceAll(".", ",").match(/\d+/g);
    assertEquals(numbers(say("id")), numbers(say("en")), name);
  }
});
