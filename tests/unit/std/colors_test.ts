/**
 * The facade has types of its own, apart from the code it describes. The
 * `@ts-expect-error` below fails `deno check` if a call were taken as `any`.
 */
import { assertEquals, assertThrows } from "@std/assert";
import * as colors from "@std/fmt/colors";

Deno.test("@std/fmt/colors paints text and takes only text", () => {
  for (const paint of Object.values(colors)) {
    assertEquals(colors.stripAnsiCode(paint("text")), "text");
  }
  // @ts-expect-error: no text
  assertThrows(() => colors.stripAnsiCode(5));
});

Deno.test("@std/fmt/colors has what is declared, and nothing else", () => {
  assertEquals(Object.keys(colors).sort(), [
    "blue",
    "bold",
    "brightBlue",
    "brightCyan",
    "brightGreen",
    "brightMagenta",
    "brightYellow",
    "cyan",
    "dim",
    "green",
    "magenta",
    "red",
    "stripAnsiCode",
    "yellow",
  ]);
});
