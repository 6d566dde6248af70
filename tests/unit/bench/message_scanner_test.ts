import { plainMessage } from "../../../lib/chat/room_event.ts";
import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { encodeServerMessage } from "../../../lib/chat/chat_message.ts";
import { frameMessage } from "../../../lib/chat/message_deframer.ts";
import { MessageScanner } from "../../../bench/message_scanner.ts";

const TEXTS = ["@Ffirst", "@Fsecond", "@Fthird"].map((text) =>
  text.padEnd(100, ".")
);

Deno.test("MessageScanner.push() finds texts wherever the stream is cut", () => {
  const stream = concatBytes(
    ...TEXTS.flatMap((text, index) => [
      frameMessage(
        encodeServerMessage({
          type: "joined",
          name: "@F",
          role: "guest",
          timeMs: 1,
        }),
      ),
      frameMessage(encodeServerMessage({
        type: "event",
        sequence: index + 1,
        author: "member 1",
        accountId: 0,
        act: plainMessage(text),
        timeMs: 1_700_000_000_000,
      })),
    ]),
  );
  for (const pieceBytes of [1, 7, 99, stream.length]) {
    const scanner = new MessageScanner();
    const found: string[] = [];
    for (let at = 0; at < stream.length; at += pieceBytes) {
      scanner.push(stream.subarray(at, at + pieceBytes), (text) => {
        found.push(new TextDecoder().decode(text));
      });
    }
    assertEquals(found, TEXTS);
  }
});
