import { plainMessage } from "../../../lib/chat/room_event.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { Author, makeAuthorKey } from "../../../lib/chat/author.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";

const RATE = { burst: 1, count: 1, periodUs: 1 };
const STORED = {
  type: "stored",
  id: id(1),
  sequence: 4,
  timeMs: 5,
  forwardedTo: 6,
} as const;

Deno.test("Author.findRecent() finds the last 32 messages", () => {
  const author = new Author("", RATE, 0);
  for (let i = 0; i < 40; i++) author.addRecent(id(i));
  assertEquals(author.findRecent(id(7)), undefined);
  for (let i = 8; i < 40; i++) {
    assertEquals(author.findRecent(id(i))?.id, id(i));
  }
});

Deno.test("Author.findRecent() compares whole IDs", () => {
  const author = new Author("", RATE, 0);
  const known = id(1);
  author.addRecent(known);
  const other = known.slice();
  other[0] = 1;
  assertEquals(author.findRecent(other), undefined);
});

Deno.test("Author.setStored() gives a message its answer", () => {
  const author = new Author("", RATE, 0);
  author.addRecent(id(1));
  assertEquals(author.findRecent(id(1))?.stored, undefined);
  author.setStored(STORED);
  assertEquals(author.findRecent(id(1))?.stored, STORED);
});

Deno.test("Author.recall() knows what the log has", () => {
  const author = new Author("", RATE, 0);
  assertEquals(author.isRecalled, false);
  const event = {
    sequence: 4,
    id: id(1),
    authorKey: "",
    accountId: 0,
    author: "Ani",
    act: plainMessage("halo"),
    timeMs: 5,
  };
  author.recall([event]);
  assertEquals(author.isRecalled, true);
  assertEquals(author.findRecent(id(1))?.stored, {
    type: "stored",
    id: id(1),
    sequence: 4,
    timeMs: 5,
    forwardedTo: 0,
  });
});

Deno.test("Author.isAnswered is false while a message waits", () => {
  const author = new Author("", RATE, 0);
  assertEquals(author.isAnswered, true);
  author.addRecent(id(1));
  author.addRecent(id(2));
  author.setStored({ ...STORED, id: id(2) });
  assertEquals(author.isAnswered, false);
  author.setStored({ ...STORED, id: id(1) });
  assertEquals(author.isAnswered, true);
});

Deno.test("makeAuthorKey() tells clients apart and does not show their secret", async () => {
  const crypto = await loadSodium();
  const instance = new Uint8Array(16).fill(7);
  const key = makeAuthorKey(crypto, instance);
  // BLAKE2b, by Python's hashlib, of "gas author\0" and the instance.
  assertEquals(key, "e0875865e620e6e641789fa21b1f0c9d");
  instance[15] = 8;
  assertNotEquals(makeAuthorKey(crypto, instance), key);
});

function id(value: number): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[15] = value;
  return bytes;
}
