import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { MessageRefusal } from "../../../lib/chat/chat_client_event.ts";
import type { NameRule } from "../../../lib/chat/name.ts";
import type {
  ConnectionState,
  EndReason,
  Refusal,
} from "../../../lib/ui/bridge.ts";
import {
  deliveryText,
  formatCount,
  type Language,
  messageRefusalText,
  noticeText,
  pickLanguage,
  refusalText,
} from "../../../lib/ui/strings.ts";

const LANGUAGES: readonly Language[] = ["en", "id"];

const NAME_RULES: readonly NameRule[] = [
  "empty",
  "tooLong",
  "controlCharacter",
  "confusable",
  "reserved",
];

const REFUSALS: readonly Refusal[] = [
  { code: "wrongPassword" },
  { code: "nameTaken", name: "Ani" },
  ...NAME_RULES.map((rule) => ({ code: "nameInvalid", rule }) as const),
  { code: "throttled", retryAfterSeconds: 12 },
  { code: "roomFull" },
  { code: "banned", untilMs: 0, by: "Ani", reason: "" },
  { code: "banned", untilMs: 1_795_305_600_000, by: "Ani", reason: "Spam" },
  { code: "serverSilent", host: "lab", port: 8080 },
  { code: "serverGone", reason: "" },
  {
    code: "serverKeyChanged",
    host: "lab",
    port: 8080,
    pinned: "a",
    presented: "b",
  },
  { code: "versionMismatch", supported: ["GAS 2"] },
  { code: "addressInvalid", host: "a b" },
  { code: "clientPortBusy", port: 5000 },
];

type MessageFields<Code extends MessageRefusal["code"]> = Omit<
  Extract<MessageRefusal, { readonly code: Code }>,
  "code"
>;

/** Every reason, with what belongs to it. */
const MESSAGE_REFUSALS: {
  readonly [Code in MessageRefusal["code"]]: MessageFields<Code>;
} = {
  tooLong: { limitCharacters: 4_000, characters: 4_001 },
  empty: {},
  tooFast: { retryAfterSeconds: 3 },
  noSuchMessage: {},
  tooOld: { firstSequence: 9 },
  notYours: {},
  removed: {},
  notEmoji: {},
  muted: { retryAfterSeconds: 60 },
  slowMode: { retryAfterSeconds: 20 },
  locked: {},
  archived: {},
  needsRole: { role: "moderator" },
  notAnnouncement: {},
  tooManyReactions: { limitKinds: 12 },
  notInRoom: {},
  outboxFull: { limitMessages: 1_000 },
};

function isSentence(text: string): boolean {
  return /^[\p{Lu}\d“].*\.$/su.test(text) && !/undefined|NaN|\.\./.test(text);
}

Deno.test("pickLanguage() takes Indonesian from tags and POSIX locales", () => {
  for (const locale of ["id", "id-ID", "id_ID.UTF-8", "ID", "in_ID", "id@x"]) {
    assertEquals(pickLanguage(locale), "id", locale);
  }
});

Deno.test("pickLanguage() takes English for everything else", () => {
  for (const locale of [undefined, "", "C", "en_US.UTF-8", "it-IT", "idk"]) {
    assertEquals(pickLanguage(locale), "en", String(locale));
  }
});

Deno.test("refusalText() says what happened and what to do, in sentences", () => {
  for (const language of LANGUAGES) {
    const seen = new Set<string>();
    for (const refusal of REFUSALS) {
      const { what, next } = refusalText(language, refusal);
      assert(isSentence(what), what);
      assert(isSentence(next), next);
      seen.add(what);
    }
    assertEquals(seen.size, REFUSALS.length, "each refusal is told apart");
  }
});

Deno.test("refusalText() names what the user can act on", () => {
  for (const language of LANGUAGES) {
    const told = (refusal: Refusal) => {
      const { what, next } = refusalText(language, refusal);
      return `${what} ${next}`;
    };
    assertStringIncludes(told({ code: "nameTaken", name: "Ani" }), "Ani");
    assertStringIncludes(
      told({ code: "throttled", retryAfterSeconds: 12 }),
      "12",
    );
    assertStringIncludes(
      told({ code: "serverSilent", host: "lab", port: 9000 }),
      "UDP port 9000",
    );
    assertStringIncludes(
      told({ code: "nameInvalid", rule: "tooLong" }),
      "32",
    );
    assertStringIncludes(
      told({ code: "serverGone", reason: "stopped" }),
      "(stopped)",
    );
  }
});

for (const [code, fields] of Object.entries(MESSAGE_REFUSALS)) {
  Deno.test(`messageRefusalText() says ${code} in both languages, with its limit and when to try again`, () => {
    const refusal = { code, ...fields } as MessageRefusal;
    const texts = LANGUAGES.map((one) => messageRefusalText(one, refusal));
    assertEquals(new Set(texts).size, LANGUAGES.length);
    const numbers = Object.entries(fields).flatMap(([name, value]) =>
      typeof value === "number" && name !== "firstSequence" ? [`${value}`] : []
    );
    for (const text of texts) {
      assert(isSentence(text), text);
      const told = text.replaceAll(/[.,](?=\d{3})/g, "").match(/\d+/g) ?? [];
      assertEquals(told.sort(), numbers.sort());
      if (!("retryAfterSeconds" in fields)) continue;
      assert(/second|detik/.test(text), text);
    }
  });
}

Deno.test("noticeText() tells every event of a room in sentences", () => {
  const states: readonly ConnectionState[] = [
    { state: "unresponsive" },
    { state: "reconnecting", attempt: 1, serverStopped: false },
    { state: "reconnecting", attempt: 1, serverStopped: true },
  ];
  const ends: readonly EndReason[] = [
    { code: "quit" },
    { code: "removed", reason: "spam" },
    { code: "kicked", by: "Ani", reason: "Spam" },
    { code: "banned", untilMs: 0, by: "Ani", reason: "Spam" },
    { code: "refused", refusal: { code: "roomFull" } },
  ];
  for (const language of LANGUAGES) {
    const texts = [
      noticeText(language, {
        type: "joined",

        name: "Ani",
        timeMs: 0,
      }),
      ...(["quit", "lost", "removed"] as const).map((reason) =>
        noticeText(language, {
          type: "left",

          name: "Ani",
          reason,
          timeMs: 0,
        })
      ),
      noticeText(language, { type: "gap", missedMessages: 1 }),
      noticeText(language, { type: "gap", missedMessages: 2_000 }),
      ...(["full", "unwritable", "inUse", "newer", "damaged"] as const).map(
        (why) => noticeText(language, { type: "unkept", why, timeMs: 0 }),
      ),
      ...states.map((connection) =>
        noticeText(language, { type: "connection", connection })
      ),
      ...ends.map((reason) => noticeText(language, { type: "ended", reason })),
    ];
    for (const text of texts) assert(isSentence(text), text);
    assertEquals(new Set(texts).size, texts.length);
  }
});

Deno.test("noticeText() says nothing of a connection that is well", () => {
  const connection: ConnectionState = { state: "online" };
  for (const language of LANGUAGES) {
    assertEquals(noticeText(language, { type: "connection", connection }), "");
  }
});

Deno.test("deliveryText() tells to how many people a message went", () => {
  const stored = (forwardedTo: number) =>
    ({ state: "stored", sequence: 1, timeMs: 0, forwardedTo }) as const;
  assertEquals(
    deliveryText("en", { state: "queued" }),
    "Waiting for the server",
  );
  assertEquals(deliveryText("en", stored(0)), "Stored");
  assertEquals(deliveryText("en", stored(1)), "Sent to 1 person");
  assertEquals(deliveryText("en", stored(1_200)), "Sent to 1,200 people");
  assertEquals(deliveryText("id", stored(1_200)), "Terkirim ke 1.200 orang");
});

Deno.test("formatCount() separates thousands as the language does", () => {
  assertEquals(formatCount("en", 4_000), "4,000");
  assertEquals(formatCount("id", 4_000), "4.000");
});
