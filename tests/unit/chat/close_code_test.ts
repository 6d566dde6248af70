import { assertEquals } from "@std/assert";
import {
  type ChatClose,
  CloseCode,
  decodeClose,
  encodeClose,
} from "../../../lib/chat/close_code.ts";

const CLOSES: readonly (readonly [ChatClose, number, string])[] = [
  [{ type: "quit" }, 0, ""],
  [{ type: "serverStopped" }, 1, ""],
  [{ type: "wrongPassword" }, 2, ""],
  [{ type: "nameTaken" }, 3, ""],
  [{ type: "nameInvalid", rule: "tooLong" }, 4, "rule=tooLong"],
  [{ type: "throttled", retryAfterSeconds: 12 }, 5, "retry-after=12"],
  [{ type: "roomFull" }, 6, ""],
  [{ type: "removed", reason: "spam" }, 7, "spam"],
  [{ type: "chatProtocol", reason: "malformed" }, 8, "malformed"],
  [{ type: "loginTimeout" }, 9, ""],
  [{ type: "replaced" }, 10, ""],
  [{ type: "tooSlow" }, 11, ""],
  [{ type: "kicked", by: "Ani", reason: "a: b" }, 12, "Ani: a: b"],
  [
    { type: "banned", untilSeconds: 1_795_305_600, by: "Ani", reason: "" },
    13,
    "until=1795305600 Ani: ",
  ],
];

for (const [close, code, reason] of CLOSES) {
  Deno.test(`encodeClose() and decodeClose() agree on ${close.type}`, () => {
    assertEquals(encodeClose(close), { code, reason });
    assertEquals(decodeClose({ code, reason }), close);
  });
}

Deno.test("CloseCode has a test for each code", () => {
  assertEquals(
    CLOSES.map(([close]) => close.type).toSorted(),
    Object.keys(CloseCode).toSorted(),
  );
});

Deno.test("decodeClose() knows every name rule", () => {
  for (
    const rule of [
      "empty",
      "tooLong",
      "controlCharacter",
      "confusable",
      "reserved",
    ] as const
  ) {
    const close: ChatClose = { type: "nameInvalid", rule };
    assertEquals(decodeClose(encodeClose(close)), close);
  }
});

for (
  const [code, reason] of [
    [14, ""],
    [12, ""],
    [12, "spam"],
    [13, "Ani: spam"],
    [13, "until=x Ani: spam"],
    [13, "until=0 spam"],
    [13, "until=12345678901234 Ani: spam"],
    [4, ""],
    [4, "rule=other"],
    [5, ""],
    [5, "retry-after=-1"],
    [5, "retry-after=1e3"],
    [5, "retry-after=10000000"],
  ] as const
) {
  Deno.test(`decodeClose() does not know ${code} "${reason}"`, () => {
    assertEquals(decodeClose({ code, reason }), undefined);
  });
}
