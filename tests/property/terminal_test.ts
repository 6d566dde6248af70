import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import stringWidth from "string-width";
import { type Key, KeyDecoder } from "../../lib/ui/key_decoder.ts";
import { LineEditor } from "../../lib/ui/line_editor.ts";
import { LineSplitter } from "../../lib/ui/line_splitter.ts";
import { escapedText, printableText } from "../../lib/ui/printable_text.ts";
import { TerminalScreen } from "../../lib/ui/terminal_screen.ts";
import { wrapText } from "../../lib/ui/wrap_text.ts";
import { FakeTerminal } from "../unit/ui/fake_terminal.ts";

/** Text of every kind, with many characters that are special somewhere. */
const text = fc.array(
  fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 5 }),
    fc.constantFrom("\n", "\r", "\t", " ", "\\", "\x1b", "\x1b[", "字", "👩‍🚀"),
  ),
  { maxLength: 20 },
).map((pieces) => pieces.join(""));

const key: fc.Arbitrary<Key> = fc.oneof(
  text.map((text): Key => ({ type: "text", text })),
  text.map((text): Key => ({ type: "paste", text })),
  fc.constantFrom(
    "lineBreak",
    "left",
    "right",
    "wordLeft",
    "wordRight",
    "home",
    "end",
    "up",
    "down",
    "backspace",
    "delete",
    "deleteWord",
    "deleteToStart",
    "deleteToEnd",
    "endOfInput",
  ).map((type): Key => ({ type })),
);

Deno.test("KeyDecoder survives any bytes, however they are cut", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array()), (pieces) => {
    const decoder = new KeyDecoder();
    for (const piece of pieces) {
      for (const key of decoder.handleInput(piece)) {
        if (key.type !== "text") continue;
        assertEquals(printableText(key.text).length, key.text.length);
        // deno-lint-ignore no-control-regex
        assert(!/[\u0000-\u001f\u007f-\u009f]/.test(key.text));
      }
    }
  }));
});

Deno.test("LineEditor fits any terminal after any keys", () => {
  fc.assert(fc.property(
    fc.array(key, { maxLength: 30 }),
    fc.integer({ min: 8, max: 60 }),
    fc.integer({ min: 1, max: 8 }),
    (keys, columns, maxRows) => {
      const editor = new LineEditor({ prompt: "> ", multiLine: true });
      for (const key of keys) editor.handleKey(key);
      const layout = editor.layout({ columns, maxRows });
      assert(layout.rows.length >= 1 && layout.rows.length <= maxRows);
      assert(layout.cursorRow < layout.rows.length);
      assert(layout.cursorColumn < columns);
      for (const row of layout.rows) {
        assert(stringWidth(row) < columns, JSON.stringify(row));
        assertEquals(printableText(row), row);
      }
    },
  ));
});

Deno.test("TerminalScreen shows what the editor laid out, below all lines", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(key, fc.string({ maxLength: 30 })), { maxLength: 20 }),
    fc.integer({ min: 8, max: 40 }),
    (steps, columns) => {
      const terminal = new FakeTerminal(columns);
      const screen = new TerminalScreen();
      const editor = new LineEditor({ prompt: "> ", multiLine: true });
      for (const step of steps) {
        const lines = typeof step === "string" ? [printableText(step)] : [];
        if (typeof step !== "string") editor.handleKey(step);
        const layout = editor.layout({ columns, maxRows: 4 });
        terminal.write(screen.print(lines, layout, columns));
        const [row, column] = terminal.cursor;
        const top = row - layout.cursorRow;
        assertEquals(column, layout.cursorColumn);
        const shown = layout.rows.map((row) => row.trimEnd()).join("\n");
        assertEquals(terminal.screen.slice(top).join("\n"), shown.trimEnd());
      }
    },
  ));
});

Deno.test("wrapText() keeps every character but white space, in order", () => {
  const packed = (text: string) => text.replaceAll(/\s/g, "");
  fc.assert(fc.property(
    text,
    fc.integer({ min: 2, max: 30 }),
    fc.integer({ min: 2, max: 30 }),
    (text, first, rest) => {
      const rows = wrapText(printableText(text), { first, rest });
      assertEquals(packed(rows.join("")), packed(printableText(text)));
      rows.forEach((row, i) => {
        const room = i === 0 ? first : rest;
        assert(stringWidth(row) <= room || !/\s/.test(row), row);
      });
    },
  ));
});

Deno.test("escapedText() keeps everything on one line that JSON reads back", () => {
  fc.assert(fc.property(text, (text) => {
    const escaped = escapedText(text);
    assert(!/[\n\r]/.test(escaped));
    const quoted = escaped.replaceAll('"', '\\"').replaceAll("\t", "\\t");
    assertEquals(JSON.parse(`"${quoted}"`), text);
  }));
});

Deno.test("LineSplitter gives back every line that is short enough", () => {
  fc.assert(fc.property(
    fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 10 }),
    fc.integer({ min: 1, max: 7 }),
    (strings, pieceBytes) => {
      // An escaped byte order mark would be taken off the first line.
      const lines = strings.map((line) => line.replaceAll(/[\r\n\ufeff]/g, ""));
      const splitter = new LineSplitter(20);
      const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
      const found = [];
      for (let i = 0; i < bytes.length; i += pieceBytes) {
        found.push(...splitter.handleInput(bytes.subarray(i, i + pieceBytes)));
      }
      found.push(...splitter.handleEnd());
      assertEquals(
        found,
        (lines.length === 0 ? [""] : lines).map((text) => {
          const characters = [...text].length;
          return characters > 20
            ? { type: "tooLong", characters }
            : { type: "line", text };
        }),
      );
    },
  ));
});
