/** What may be said is bounded on the wire: one character or second more breaks the protocol. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import * as limits from "../../../lib/chat/limits.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import {
  decodeLoginMessage,
  encodeLoginMessage,
} from "../../../lib/chat/login_message.ts";

const ID = new Uint8Array(limits.MESSAGE_ID_BYTES);

type Query = Extract<ClientMessage, { readonly type: "request" }>["query"];

function request(query: Query): ClientMessage {
  return { type: "request", requestId: 1, query };
}

function ban(change: { readonly reason?: string; readonly seconds?: number }) {
  const kind = "name" as const;
  const base = { type: "ban", kind, value: "Budi", reason: "", seconds: 0 };
  return request({ ...base, ...change } as Query);
}

function text(characters: number): string {
  return "🙂".repeat(characters);
}

/** By the limit's name: its value, and a message that has as much of it. */
const MESSAGES: Readonly<
  Record<string, readonly [number, (value: number) => ClientMessage]>
> = {
  MAX_MESSAGE_CHARACTERS: [
    limits.MAX_MESSAGE_CHARACTERS,
    (value) => ({ type: "act", id: ID, act: plainMessage(text(value)) }),
  ],
  MAX_TOPIC_CHARACTERS: [
    limits.MAX_TOPIC_CHARACTERS,
    (value) => ({
      type: "act",
      id: ID,
      act: { type: "topic", text: text(value) },
    }),
  ],
  MAX_EMOJI_CHARACTERS: [
    limits.MAX_EMOJI_CHARACTERS,
    (value) => ({
      type: "act",
      id: ID,
      act: { type: "react", target: 1, emoji: text(value), isOn: true },
    }),
  ],
  MAX_SEARCH_CHARACTERS: [
    limits.MAX_SEARCH_CHARACTERS,
    (value) =>
      request({
        type: "search",
        words: text(value),
        author: "",
        sinceMs: 0,
        untilMs: limits.MAX_TIME_MS,
        before: 0,
        limit: 1,
      }),
  ],
  MAX_ANSWER_MESSAGES: [
    limits.MAX_ANSWER_MESSAGES,
    (value) =>
      request({
        type: "history",
        direction: "before",
        sequence: 0,
        limit: value,
      }),
  ],
  MAX_RAW_NAME_CHARACTERS: [
    limits.MAX_RAW_NAME_CHARACTERS,
    (value) => request({ type: "nick", name: text(value) }),
  ],
  MAX_AWAY_CHARACTERS: [
    limits.MAX_AWAY_CHARACTERS,
    (value) => request({ type: "away", text: text(value) }),
  ],
  MAX_PROFILE_CHARACTERS: [
    limits.MAX_PROFILE_CHARACTERS,
    (value) => request({ type: "profile", text: text(value) }),
  ],
  MAX_REASON_CHARACTERS: [
    limits.MAX_REASON_CHARACTERS,
    (value) => ban({ reason: text(value) }),
  ],
  MAX_BAN_SECONDS: [
    limits.MAX_BAN_SECONDS,
    (seconds) => ban({ seconds }),
  ],
  MAX_MUTE_SECONDS: [
    limits.MAX_MUTE_SECONDS,
    (seconds) => request({ type: "mute", name: "Budi", seconds }),
  ],
  MAX_SLOW_SECONDS: [
    limits.MAX_SLOW_SECONDS,
    (seconds) => request({ type: "slow", seconds }),
  ],
  MAX_OWNER_CODE_CHARACTERS: [
    limits.MAX_OWNER_CODE_CHARACTERS,
    (value) => request({ type: "owner", code: text(value) }),
  ],
};

for (const [name, [value, make]] of Object.entries(MESSAGES)) {
  Deno.test(`decodeClientMessage() takes ${name} and refuses one more`, () => {
    const most = make(value);
    assertEquals(decodeClientMessage(encodeClientMessage(most)), most);
    const more = encodeClientMessage(make(value + 1));
    assertThrows(() => decodeClientMessage(more), ProtocolError);
  });
}

Deno.test("decodeLoginMessage() takes CLIENT_INSTANCE_BYTES and no other length", () => {
  const finish = (bytes: number) =>
    encodeLoginMessage({
      type: "finish",
      finish: new Uint8Array(64),
      clientInstance: new Uint8Array(bytes),
    });
  const { CLIENT_INSTANCE_BYTES } = limits;
  const message = decodeLoginMessage(finish(CLIENT_INSTANCE_BYTES));
  assertEquals(message.type, "finish");
  for (const bytes of [CLIENT_INSTANCE_BYTES - 1, CLIENT_INSTANCE_BYTES + 1]) {
    assertThrows(() => decodeLoginMessage(finish(bytes)), ProtocolError);
  }
});

/** The same of a server. */
const FROM_SERVERS: Readonly<
  Record<string, readonly [number, (value: number) => ServerMessage]>
> = {
  MAX_RETRY_SECONDS: [
    limits.MAX_RETRY_SECONDS,
    (retryAfterSeconds) => ({
      type: "refused",
      id: ID,
      refusal: { code: "tooFast", retryAfterSeconds },
    }),
  ],
  MAX_AUDIT_DETAIL_CHARACTERS: [
    limits.MAX_AUDIT_DETAIL_CHARACTERS,
    (value) => audit(1, text(value)),
  ],
  MAX_AUDIT_ENTRIES: [limits.MAX_AUDIT_ENTRIES, (count) => audit(count, "")],
};

/** An answer with so many entries. */
function audit(count: number, detail: string): ServerMessage {
  const entry = { timeMs: 1, who: "Ani", what: "kick", whom: "Budi" } as const;
  const rows = Array.from({ length: count }, (_, index) => ({
    ...entry,
    auditId: count - index,
    detail,
  }));
  const answer = { type: "audit", rows, isEnd: true } as const;
  return { type: "answer", requestId: 1, answer };
}

for (const [name, [value, make]] of Object.entries(FROM_SERVERS)) {
  Deno.test(`decodeServerMessage() takes ${name} and refuses one more`, () => {
    const most = make(value);
    assertEquals(decodeServerMessage(encodeServerMessage(most)), most);
    const more = encodeServerMessage(make(value + 1));
    assertThrows(() => decodeServerMessage(more), ProtocolError);
  });
}
