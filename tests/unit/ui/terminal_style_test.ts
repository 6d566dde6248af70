import { assertEquals, assertNotEquals } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { terminalStyle } from "../../../lib/ui/terminal_style.ts";

Deno.test("terminalStyle() without colors changes nothing", () => {
  const { quiet, strong, warning, error, name } = terminalStyle(false);
  for (const show of [quiet, strong, warning, error, name]) {
    assertEquals(show("text"), "text");
  }
});

Deno.test({
  name: "terminalStyle() gives a name the same color every time",
  // The library looks at NO_COLOR itself.
  ignore: Deno.noColor,
  fn: () => {
    const one = terminalStyle(true).name("Ani");
    assertEquals(one, terminalStyle(true).name("Ani"));
    assertEquals(stripAnsiCode(one), "Ani");
    assertNotEquals(one, "Ani");
  },
});

Deno.test({
  name: "terminalStyle() uses many colors for names",
  ignore: Deno.noColor,
  fn: () => {
    const { name } = terminalStyle(true);
    const colors = new Set<string>();
    for (let i = 0; i < 100; i++) colors.add(name(`n${i}`).split("n")[0] ?? "");
    assertEquals(colors.size, 10);
  },
});
