import { assertEquals } from "@std/assert";
import { type Key, KeyDecoder } from "../../../lib/ui/key_decoder.ts";

const encoder = new TextEncoder();

function decode(...pieces: string[]): Key[] {
  const decoder = new KeyDecoder();
  return pieces.flatMap((piece) => decoder.handleInput(encoder.encode(piece)));
}

function names(input: string): string[] {
  return decode(input).map(({ type }) => type);
}

Deno.test("KeyDecoder keeps typed text together", () => {
  assertEquals(decode("halo 👩‍🚀"), [{ type: "text", text: "halo 👩‍🚀" }]);
});

Deno.test("KeyDecoder reads control keys as Readline does", () => {
  assertEquals(names("\x01\x05\x02\x06\x10\x0e"), [
    "home",
    "end",
    "left",
    "right",
    "up",
    "down",
  ]);
  assertEquals(names("\x08\x7f\x0b\x15\x17\x0c\x03\x04"), [
    "backspace",
    "backspace",
    "deleteToEnd",
    "deleteToStart",
    "deleteWord",
    "clearScreen",
    "interrupt",
    "endOfInput",
  ]);
});

Deno.test("KeyDecoder takes both line ends as Enter, and Alt+Enter apart", () => {
  assertEquals(names("\r\n\x1b\r"), ["enter", "enter", "lineBreak"]);
});

Deno.test("KeyDecoder takes Tab as the key that completes", () => {
  assertEquals(names("a\tb"), ["text", "complete", "text"]);
  assertEquals(names("\x1b[200~a\tb\x1b[201~"), ["paste"]);
});

Deno.test("KeyDecoder reads cursor keys of both modes", () => {
  assertEquals(names("\x1b[A\x1bOB\x1b[C\x1bOD"), [
    "up",
    "down",
    "right",
    "left",
  ]);
  assertEquals(names("\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[3~"), [
    "home",
    "end",
    "home",
    "end",
    "delete",
  ]);
  assertEquals(names("\x1b[1;5C\x1b[1;5D\x1bb\x1bf\x1b\x7f"), [
    "wordRight",
    "wordLeft",
    "wordLeft",
    "wordRight",
    "deleteWord",
  ]);
});

Deno.test("KeyDecoder swallows keys that do nothing", () => {
  assertEquals(decode("\x1b[15~\x1b[1;2P\x1b[?1;2c\x00\x1c"), []);
});

Deno.test("KeyDecoder swallows a sequence that never ends", () => {
  const rest = decode("\x1b[" + "1".repeat(40) + "x");
  assertEquals(rest.at(-1)?.type, "text");
});

Deno.test("KeyDecoder loses no text after a lone Escape", () => {
  assertEquals(decode("\x1b", "halo"), [{ type: "text", text: "halo" }]);
  assertEquals(names("\x1b\x1b[A"), ["up"]);
});

Deno.test("KeyDecoder takes a paste as one key, whatever is in it", () => {
  const text = "one\r\ntwo\x03\x1b[A";
  assertEquals(decode(`a\x1b[200~${text}\x1b[201~b`), [
    { type: "text", text: "a" },
    { type: "paste", text },
    { type: "text", text: "b" },
  ]);
});

Deno.test("KeyDecoder cuts a paste that is too long, but finds its end", () => {
  const [paste, after] = decode(
    "\x1b[200~" + "x".repeat(70_000),
    "y".repeat(70_000) + "\x1b[201~z",
  );
  assertEquals(paste, { type: "paste", text: "x".repeat(65_536) });
  assertEquals(after, { type: "text", text: "z" });
});

Deno.test("KeyDecoder decodes the same however input is cut", () => {
  const input = encoder.encode(
    "é👍\x1b[A\x1b[1;5C\x1b[200~ü\x1b[2\r\x1b[201~\x03",
  );
  const whole = flatten(new KeyDecoder().handleInput(input));
  for (let size = 1; size < input.length; size++) {
    const decoder = new KeyDecoder();
    const keys: Key[] = [];
    for (let i = 0; i < input.length; i += size) {
      keys.push(...decoder.handleInput(input.subarray(i, i + size)));
    }
    assertEquals(flatten(keys), whole, `pieces of ${size}`);
  }
});

/** Neighbouring text is the same as one. */
function flatten(keys: readonly Key[]): string {
  return keys.map((key) => key.type === "text" ? key.text : JSON.stringify(key))
    .join("");
}
