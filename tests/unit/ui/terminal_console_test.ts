import { assert, assertEquals } from "@std/assert";
import { LineEditor } from "../../../lib/ui/line_editor.ts";
import {
  TerminalConsole,
  type TerminalRequest,
} from "../../../lib/ui/terminal_console.ts";
import { FakeTerminal } from "./fake_terminal.ts";

interface Setup {
  readonly terminal: FakeTerminal;
  readonly console: TerminalConsole;
  readonly editor: LineEditor;
  readonly requests: TerminalRequest[];
}

function open(columns = 20): Setup {
  const terminal = new FakeTerminal(columns);
  const console = new TerminalConsole(terminal);
  const editor = new LineEditor({ prompt: "> ", multiLine: true });
  const requests: TerminalRequest[] = [];
  console.open((request) => requests.push(request));
  console.show(editor);
  return { terminal, console, editor, requests };
}

Deno.test("TerminalConsole shows what is typed, and the cursor in it", () => {
  const { terminal } = open();
  terminal.type("halo");
  assertEquals(terminal.screen, ["> halo"]);
  assertEquals(terminal.cursor, [0, 6]);
  terminal.type("\x1b[D\x1b[DX");
  assertEquals(terminal.screen, ["> haXlo"]);
  assertEquals(terminal.cursor, [0, 5]);
});

Deno.test("TerminalConsole.print() leaves the line being typed whole", () => {
  const { terminal, console } = open();
  terminal.type("halo\x1b[D");
  console.print(["one", "two"]);
  assertEquals(terminal.screen, ["one", "two", "> halo"]);
  assertEquals(terminal.cursor, [2, 5]);
});

Deno.test("TerminalConsole.print() leaves a line of several rows whole", () => {
  const { terminal, console } = open(10);
  terminal.type("abcdefghijklmnopqr\x1b[H");
  assertEquals(terminal.screen, ["> abcdefg", "  hijklmn", "  opqr"]);
  console.print(["one"]);
  terminal.type("X");
  console.print(["two"]);
  assertEquals(terminal.screen, [
    "one",
    "two",
    "> Xabcdef",
    "  ghijklm",
    "  nopqr",
  ]);
  assertEquals(terminal.cursor, [2, 3]);
});

Deno.test("TerminalConsole.print() prints rows that the terminal breaks", () => {
  const { terminal, console } = open(10);
  console.print(["x".repeat(10), "y".repeat(15)]);
  assertEquals(terminal.screen, ["xxxxxxxxxx", "yyyyyyyyyy", "yyyyy", ">"]);
});

Deno.test("TerminalConsole clears rows that are not needed any more", () => {
  const { terminal } = open(10);
  terminal.type("abcdefghijkl");
  terminal.type("\x15");
  assertEquals(terminal.screen, [">"]);
  assertEquals(terminal.cursor, [0, 2]);
});

Deno.test("TerminalConsole lays a line out anew when the terminal is resized", () => {
  const { terminal } = open(20);
  terminal.type("abcdefghij");
  terminal.resize(40);
  assertEquals(terminal.screen, ["> abcdefghij"]);
});

Deno.test("TerminalConsole finds a line that a narrower terminal broke", () => {
  const { terminal, console } = open(20);
  terminal.type("abcdefghij");
  // What a terminal does to a row of 12 columns when it gets 8.
  terminal.write("\r\x1b[J> abcdef\r\nghij");
  terminal.resize(8);
  console.print(["one"]);
  assertEquals(terminal.screen, ["one", "> abcde", "  fghij"]);
});

Deno.test("TerminalConsole finds a line of several rows that were broken anew", () => {
  const { terminal, console } = open(20);
  terminal.type("abcdefghijklmnopqrstuv");
  assertEquals(terminal.screen, ["> abcdefghijklmnopq", "  rstuv"]);
  terminal.write("\x1b[1A\r\x1b[J> abcdefgh\r\nijklmnopq\r\n  rstuv");
  terminal.resize(10);
  console.print(["one"]);
  assertEquals(terminal.screen, [
    "one",
    "> abcdefg",
    "  hijklmn",
    "  opqrstu",
    "  v",
  ]);
});

Deno.test("TerminalConsole.keep() leaves an answered line on the screen", () => {
  const { terminal, console } = open(10);
  terminal.type("abcdefghij\x1b[H");
  console.keep();
  console.print(["next"]);
  assertEquals(terminal.screen, ["> abcdefg", "  hij", "next"]);
});

Deno.test("TerminalConsole.show() replaces a line without a trace", () => {
  const { terminal, console } = open(10);
  terminal.type("abcdefghij");
  console.show(new LineEditor({ prompt: "? " }));
  assertEquals(terminal.screen, ["?"]);
});

Deno.test("TerminalConsole clears the screen but not the line", () => {
  const { terminal, console } = open();
  console.print(["one"]);
  terminal.type("ab\x0c");
  assertEquals(terminal.screen, ["> ab"]);
  console.print(["two"]);
  assertEquals(terminal.screen, ["two", "> ab"]);
});

Deno.test("TerminalConsole applies keys that come at once one by one", () => {
  const { terminal, editor, requests } = open();
  terminal.type("a\r");
  editor.commit();
  terminal.type("b\x03");
  assertEquals(requests, [
    { type: "submit", text: "a" },
    { type: "interrupt" },
  ]);
});

Deno.test("TerminalConsole hears only interrupts while nothing is asked", () => {
  const { terminal, console, requests } = open();
  console.show(undefined);
  terminal.type("abc\r\x04\x0c\x03");
  assertEquals(requests, [{ type: "interrupt" }]);
  assertEquals(terminal.screen, []);
});

Deno.test("TerminalConsole tells that its terminal was closed", () => {
  const { terminal, console, requests } = open();
  console.show(undefined);
  terminal.hangUp();
  assertEquals(requests, [{ type: "endOfInput" }]);
});

Deno.test("TerminalConsole.close() gives the terminal back", () => {
  const { terminal, console } = open();
  terminal.type("typed");
  assert(terminal.isRaw && terminal.marksPaste);
  console.close();
  assert(!terminal.isRaw && !terminal.marksPaste);
  assertEquals(terminal.screen, []);
  assertEquals(terminal.cursor, [0, 0]);
});
