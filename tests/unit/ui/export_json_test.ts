import { assertEquals, assertMatch } from "@std/assert";
import {
  jsonExportEntry,
  jsonExportHead,
} from "../../../lib/ui/export_json.ts";
import { FACTS, messageEntry, removed } from "./room_entries.ts";

const T1 = "2026-01-02T03:04:05.006Z";

Deno.test("jsonExportHead() names format, version and room", () => {
  assertEquals(JSON.parse(jsonExportHead(FACTS, Date.UTC(2026, 1, 1))), {
    format: "gas-room",
    version: 1,
    room: "Kelas",
    kind: "public",
    topic: "Ujian",
    firstSequence: 1,
    lastSequence: 9,
    exportedAt: "2026-02-01T00:00:00.000Z",
  });
});

Deno.test("jsonExportEntry() leaves out what did not happen", () => {
  assertEquals(JSON.parse(jsonExportEntry(messageEntry("halo"))), {
    type: "message",
    sequence: 5,
    time: T1,
    author: "Ani",
    style: "plain",
    text: "halo",
  });
});

Deno.test("jsonExportEntry() tells all that happened to a message", () => {
  const entry = messageEntry("halo", {
    answered: { sequence: 3, author: "Budi", text: "hai" },
    edits: { count: 2, timesMs: [0, 1] },
    state: {
      text: "halo",
      isEdited: true,
      removal: undefined,
      reactions: [{ emoji: "👍", names: ["Budi", "Citra"] }],
      isPinned: true,
      acknowledged: [],
    },
  });
  const { replyTo, edits, reactions, pinned } = JSON.parse(
    jsonExportEntry(entry),
  );
  assertEquals(replyTo, 3);
  assertEquals(edits, {
    count: 2,
    times: ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.001Z"],
  });
  assertEquals(reactions, [{ emoji: "👍", names: ["Budi", "Citra"] }]);
  assertEquals(pinned, true);
});

Deno.test("jsonExportEntry() leaves a tombstone without a text", () => {
  const line = JSON.parse(jsonExportEntry(removed("Citra", 0)));
  assertEquals(line.removed, { by: "Citra", time: "1970-01-01T00:00:00.000Z" });
  assertEquals(line.text, undefined);
  const unknown = JSON.parse(jsonExportEntry(messageEntry("")));
  assertEquals(unknown.removed, {});
});

Deno.test("jsonExportEntry() writes a topic", () => {
  const entry = {
    type: "topic",
    sequence: 2,
    timeMs: 0,
    author: "Ani",
    text: "Ujian",
  } as const;
  assertEquals(JSON.parse(jsonExportEntry(entry)), {
    type: "topic",
    sequence: 2,
    time: "1970-01-01T00:00:00.000Z",
    author: "Ani",
    text: "Ujian",
  });
});

Deno.test("jsonExportEntry() writes one line that no text breaks", () => {
  const hostile = 'a\nb\r\u2028\0\x1b[2J\u202e"\\';
  const line = jsonExportEntry(messageEntry(hostile));
  // deno-lint-ignore no-control-regex
  assertMatch(line, /^[^\u0000-\u001f\u2028\u202e]*\n$/);
  assertEquals(JSON.parse(line).text, hostile);
});
