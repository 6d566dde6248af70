import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  backupDoneText,
  exportDoneText,
  historyExposedText,
  restoreDoneText,
  storeFailedText,
  storeProblemText,
  unwritableText,
} from "../../../lib/app/store_strings.ts";
import {
  StoreError,
  type StoreErrorCode,
} from "../../../lib/store/store_error.ts";

const CODES: readonly StoreErrorCode[] = [
  "newerSchema",
  "olderSchema",
  "noSuchRoom",
  "locked",
  "corrupt",
  "readOnly",
  "full",
  "notADatabase",
  "noSuchFile",
  "fileExists",
  "io",
];

Deno.test("storeProblemText() says what, where and what next for each code", () => {
  for (const language of ["en", "id"] as const) {
    const texts = CODES.flatMap((code) => {
      const error = new StoreError(code, "/a/b.sqlite", "the detail");
      return (["serve", "backup", "export"] as const).map((command) => {
        const text = storeProblemText(language, command, error);
        assertStringIncludes(text.split("\n")[0]!, "/a/b.sqlite");
        assertEquals(text.split("\n").length, 2, text);
        return text;
      });
    });
    // Of most errors the commands say the same.
    assert(new Set(texts).size >= 2 * CODES.length + 3);
  }
});

Deno.test("storeProblemText() says what to do about an export", () => {
  const nextOf = (code: StoreErrorCode, language: "en" | "id") => {
    const error = new StoreError(code, "/a", "x");
    return storeProblemText(language, "export", error).split("\n")[1]!;
  };
  for (const language of ["en", "id"] as const) {
    assertStringIncludes(nextOf("fileExists", language), "--force");
    assertStringIncludes(nextOf("noSuchRoom", language), "--room");
  }
  assertStringIncludes(nextOf("olderSchema", "en"), "Start the server once");
});

Deno.test("exportDoneText() says which room, how many messages, and where", () => {
  const done = { room: "Kelas", messages: 1 };
  assertStringIncludes(
    exportDoneText("en", "/e.html", done),
    "Kelas: 1 message is in /e.html",
  );
  assertStringIncludes(
    exportDoneText("id", "/e.html", { ...done, messages: 2 }),
    "2 pesan dari Kelas ada di /e.html",
  );
});

Deno.test("storeProblemText() gives no control characters of a path to the terminal", () => {
  const error = new StoreError("io", "/a\x1b[2J", "b\x07");
  const text = storeProblemText("en", "restore", error);
  assert(!text.includes("\x1b") && !text.includes("\x07"), text);
});

Deno.test("storeProblemText() says that a command changed nothing", () => {
  const error = new StoreError("corrupt", "/copy", "damage");
  assertEquals(
    storeProblemText("en", "restore", error),
    "/copy is damaged: damage.\nNothing was changed.",
  );
  assertEquals(
    storeProblemText("id", "restore", error),
    "/copy rusak: damage.\nTidak ada yang diubah.",
  );
});

Deno.test("storeFailedText() says what becomes of the messages", () => {
  const error = new StoreError("io", "/a", "disk I/O error");
  assertStringIncludes(storeFailedText("en", error), "acknowledged is stored");
  assertStringIncludes(storeFailedText("id", error), "disk I/O error");
});

Deno.test("unwritableText() differs by reason and says when it is over", () => {
  for (const language of ["en", "id"] as const) {
    const codes = ["full", "readOnly", "locked", undefined] as const;
    const texts = codes.map((code) => unwritableText(language, code));
    assertEquals(new Set(texts).size, codes.length);
  }
});

Deno.test("what is said of copies names every file", () => {
  for (const language of ["en", "id"] as const) {
    assertStringIncludes(backupDoneText(language, "/b"), "/b");
    const both = restoreDoneText(language, "/b", "/kept");
    assertStringIncludes(both, "/b");
    assertStringIncludes(both, "/kept");
    assertEquals(
      restoreDoneText(language, "/b", undefined).includes("kept"),
      false,
    );
    assertStringIncludes(historyExposedText(language, "/h"), "/h");
  }
});
