import { assertEquals } from "@std/assert";
import { Author } from "../../../lib/chat/author.ts";

const RATE = { burst: 1, count: 1, periodUs: 1 };

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
  const stored = {
    type: "stored",
    id: id(1),
    sequence: 4,
    timeMs: 5,
    forwardedTo: 6,
  } as const;
  author.setStored(stored);
  assertEquals(author.findRecent(id(1))?.stored, stored);
});

function id(value: number): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[15] = value;
  return bytes;
}
