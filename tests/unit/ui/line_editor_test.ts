import { assertEquals } from "@std/assert";
import { completionAt } from "../../../lib/ui/completion.ts";
import type { Key, KeyName } from "../../../lib/ui/key_decoder.ts";
import {
  LineEditor,
  MAX_LINE_CHARACTERS,
} from "../../../lib/ui/line_editor.ts";

/** The line as `before|after`. */
function shown(editor: LineEditor): string {
  const { rows, cursorRow, cursorColumn } = editor.layout({
    columns: 1000,
    maxRows: 100,
  });
  return rows.map((row, i) =>
    i === cursorRow
      ? row.slice(0, cursorColumn) + "|" + row.slice(cursorColumn)
      : row
  ).join("/");
}

/** Types text where it has more than a key's name, else presses the key. */
function press(editor: LineEditor, ...keys: (KeyName | Key)[]): string {
  for (const key of keys) {
    editor.handleKey(typeof key === "string" ? { type: key } : key);
  }
  return shown(editor);
}

function text(text: string): Key {
  return { type: "text", text };
}

function paste(text: string): Key {
  return { type: "paste", text };
}

function editor(typed = "", multiLine = true): LineEditor {
  const editor = new LineEditor({ prompt: "", multiLine });
  editor.handleKey({ type: "text", text: typed });
  return editor;
}

Deno.test("LineEditor inserts at the cursor", () => {
  assertEquals(press(editor("hal"), "left", text("XY")), "haXY|l");
});

Deno.test("LineEditor moves within the line and not beyond", () => {
  const line = editor("ab");
  assertEquals(press(line, "right"), "ab|");
  assertEquals(press(line, "home"), "|ab");
  assertEquals(press(line, "left"), "|ab");
  assertEquals(press(line, "right"), "a|b");
  assertEquals(press(line, "end"), "ab|");
});

Deno.test("LineEditor moves by words", () => {
  const line = editor("one two  three");
  assertEquals(press(line, "wordLeft"), "one two  |three");
  assertEquals(press(line, "wordLeft"), "one |two  three");
  assertEquals(press(line, "wordRight"), "one two|  three");
  assertEquals(press(line, "wordRight", "wordRight"), "one two  three|");
});

Deno.test("LineEditor deletes on both sides", () => {
  assertEquals(press(editor("abcd"), "left", "backspace"), "ab|d");
  assertEquals(press(editor("abcd"), "home", "delete"), "|bcd");
  assertEquals(press(editor("abcd"), "home", "endOfInput"), "|bcd");
  assertEquals(press(editor("ab"), "delete"), "ab|");
  assertEquals(press(editor("ab"), "home", "backspace"), "|ab");
});

Deno.test("LineEditor deletes words and sides", () => {
  assertEquals(press(editor("one two  "), "deleteWord"), "one |");
  assertEquals(press(editor("abcd"), "left", "deleteToStart"), "|d");
  assertEquals(press(editor("abcd"), "home", "right", "deleteToEnd"), "a|");
});

Deno.test("LineEditor takes what people see as one character for one", () => {
  const astronaut = "👩‍🚀";
  assertEquals(press(editor("a" + astronaut), "backspace"), "a|");
  assertEquals(press(editor("e\u0301x"), "left", "left", "delete"), "|x");
});

Deno.test("LineEditor lets line breaks in only where they are wanted", () => {
  assertEquals(press(editor("a"), "lineBreak", text("b")), "a/b|");
  assertEquals(press(editor("a", false), "lineBreak", text("b")), "ab|");
});

Deno.test("LineEditor pastes lines as one text, without its last line break", () => {
  const line = editor();
  press(line, paste("one\r\ntwo\rthree\n\n"));
  assertEquals(line.text, "one\ntwo\nthree");
});

Deno.test("LineEditor pastes only the first line where one is asked for", () => {
  assertEquals(press(editor("", false), paste("secret\nmore\n")), "secret|");
});

Deno.test("LineEditor neutralises what is pasted, but keeps tabs", () => {
  const line = editor();
  press(line, paste("a\tb\x1b[31m\u202ec\x07"));
  assertEquals(line.text, "a\tb␛[31m\ufffdc␇");
});

Deno.test("LineEditor keeps no more than its limit", () => {
  const line = editor("x".repeat(MAX_LINE_CHARACTERS - 1));
  press(line, paste("yz"), "lineBreak");
  assertEquals(line.text.length, MAX_LINE_CHARACTERS);
  assertEquals(line.text.at(-1), "y");
});

Deno.test("LineEditor asks for what only the program can do", () => {
  const line = editor();
  assertEquals(line.handleKey({ type: "interrupt" }), { type: "interrupt" });
  assertEquals(line.handleKey({ type: "endOfInput" }), { type: "endOfInput" });
  assertEquals(line.handleKey({ type: "clearScreen" }), {
    type: "clearScreen",
  });
});

Deno.test("LineEditor keeps a submitted text until it is committed", () => {
  const line = editor("halo");
  const request = line.handleKey({ type: "enter" });
  assertEquals(request, { type: "submit", text: "halo" });
  assertEquals(line.text, "halo");
  line.commit();
  assertEquals(line.text, "");
});

Deno.test("LineEditor recalls older lines and returns to the new one", () => {
  const line = editor("one");
  line.commit();
  press(line, text("two"));
  line.commit();
  press(line, text("new"));
  assertEquals(press(line, "up"), "two|");
  assertEquals(press(line, "up"), "one|");
  assertEquals(press(line, "up"), "one|");
  assertEquals(press(line, "down"), "two|");
  assertEquals(press(line, "down"), "new|");
  assertEquals(press(line, "down"), "new|");
});

Deno.test("LineEditor remembers no empty and no repeated line", () => {
  const line = editor("one");
  line.commit();
  line.commit();
  press(line, text("one"));
  line.commit();
  press(line, "up", "up");
  assertEquals(line.text, "one");
  assertEquals(press(line, "down"), "|");
});

Deno.test("LineEditor shows and remembers nothing of a password", () => {
  const line = new LineEditor({ prompt: "Password: ", masked: true });
  assertEquals(press(line, text("sécrét👍")), "Password: *******|");
  line.commit();
  press(line, "up");
  assertEquals(line.text, "");
});

Deno.test("LineEditor.layout() breaks rows before the last column", () => {
  const line = new LineEditor({ prompt: "> ", multiLine: true });
  press(line, text("abcdefgh"));
  assertEquals(line.layout({ columns: 6, maxRows: 9 }), {
    rows: ["> abc", "  def", "  gh"],
    cursorRow: 2,
    cursorColumn: 4,
  });
});

Deno.test("LineEditor.layout() measures wide characters", () => {
  const line = new LineEditor({ prompt: "", multiLine: true });
  press(line, text("字字👩‍🚀a"));
  assertEquals(line.layout({ columns: 6, maxRows: 9 }), {
    rows: ["字字", "👩‍🚀a"],
    cursorRow: 1,
    cursorColumn: 3,
  });
});

Deno.test("LineEditor.layout() breaks a prompt that is too wide", () => {
  const line = new LineEditor({ prompt: "Password: " });
  assertEquals(line.layout({ columns: 6, maxRows: 9 }).rows, [
    "Passw",
    "ord: ",
  ]);
});

Deno.test("LineEditor.layout() scrolls rows to keep the cursor visible", () => {
  const line = new LineEditor({ prompt: "", multiLine: true });
  press(line, paste("1\n2\n3\n4"));
  const size = { columns: 10, maxRows: 2 };
  assertEquals(line.layout(size), {
    rows: ["3", "4"],
    cursorRow: 1,
    cursorColumn: 1,
  });
  press(line, "home");
  assertEquals(line.layout(size), {
    rows: ["1", "2"],
    cursorRow: 0,
    cursorColumn: 0,
  });
});

Deno.test("LineEditor.layout() survives a terminal of one column", () => {
  const line = new LineEditor({ prompt: "> ", multiLine: true });
  press(line, text("字a"));
  const { rows } = line.layout({ columns: 1, maxRows: 99 });
  assertEquals(rows.join("").replaceAll(" ", ""), ">字a");
});

/** An editor that knows three people, after an `@`. */
function completing(typed: string): LineEditor {
  const people = ["Anita", "Anisa", "Budi"];
  const editor = new LineEditor({
    prompt: "",
    complete: (text, caret) =>
      completionAt(text, caret, { commands: [], people, rooms: [] }),
  });
  editor.handleKey({ type: "text", text: typed });
  return editor;
}

Deno.test("LineEditor.handleKey() completes what has one meaning", () => {
  assertEquals(press(completing("hi @bu"), "complete"), "hi @Budi |");
  assertEquals(
    press(completing("@bu there"), "home", "wordRight", "complete"),
    "@Budi| there",
  );
});

Deno.test("LineEditor.handleKey() completes as far as all agree, then asks to list them", () => {
  const editor = completing("@a");
  assertEquals(editor.handleKey({ type: "complete" }), undefined);
  assertEquals(shown(editor), "@Ani|");
  const request = editor.handleKey({ type: "complete" });
  assertEquals(
    request?.type === "candidates" &&
      request.completion.candidates.map(({ label }) => label),
    ["Anita", "Anisa"],
  );
  assertEquals(shown(editor), "@Ani|");
});

Deno.test("LineEditor.handleKey() leaves a line that nothing completes", () => {
  assertEquals(press(completing("@x"), "complete"), "@x|");
  assertEquals(press(editor("@bu"), "complete"), "@bu|");
});
