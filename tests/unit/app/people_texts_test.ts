import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  auditJson,
  auditLine,
  ownerCodeText,
  ownerText,
} from "../../../lib/app/people_texts.ts";
import type { AuditRow } from "../../../lib/chat/account.ts";

const ROW: AuditRow = {
  auditId: 3,
  timeMs: 1_795_305_600_000,
  who: "Ani",
  what: "kick",
  whom: "Budi",
  detail: "Spam",
};

Deno.test("auditLine() has the fields of an entry between tabs", () => {
  assertEquals(
    auditLine(ROW),
    "2026-11-22T00:00:00.000Z\tAni\tkick\tBudi\tSpam",
  );
  const operator: AuditRow = { ...ROW, who: "", detail: "" };
  assertEquals(
    auditLine(operator),
    "2026-11-22T00:00:00.000Z\tgas-server\tkick\tBudi",
  );
});

Deno.test("auditLine() lets nobody write to the terminal", () => {
  const hostile: AuditRow = { ...ROW, detail: "\x1b[2J" };
  assertEquals(auditLine(hostile).includes("\x1b"), false);
});

Deno.test("auditJson() has the fields of an entry by name", () => {
  assertEquals(JSON.parse(auditJson(ROW)), {
    id: 3,
    time: "2026-11-22T00:00:00.000Z",
    who: "Ani",
    what: "kick",
    whom: "Budi",
    detail: "Spam",
  });
});

for (const language of ["en", "id"] as const) {
  Deno.test(`ownerText() and ownerCodeText() name whom and what (${language})`, () => {
    const say = (type: "made" | "alreadyOwner") =>
      ownerText(language, { type, name: "Ani" }, "ani");
    assertStringIncludes(say("made"), "Ani");
    assertStringIncludes(say("alreadyOwner"), "Ani");
    // A server that runs knows it from the next login.
    const again = language === "en" ? "started again" : "dibuka lagi";
    assertStringIncludes(say("made"), again);
    const missing = ownerText(language, { type: "notClaimed" }, "Budi");
    assertStringIncludes(missing, "Budi");
    assertStringIncludes(missing, "/claim");
    assertStringIncludes(ownerCodeText(language, "AB-CD"), "/owner AB-CD");
  });
}
