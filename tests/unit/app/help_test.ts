import { assert, assertEquals } from "@std/assert";
import { clientHelp, serverHelp } from "../../../lib/app/help.ts";
import { ENVIRONMENT_NAMES } from "../../../lib/app/load_options.ts";

const ALL = [
  serverHelp("en"),
  serverHelp("id"),
  clientHelp("en"),
  clientHelp("id"),
];

Deno.test("help fits 80 columns and ends with a line break", () => {
  for (const help of ALL) {
    assert(help.endsWith("\n"));
    for (const line of help.split("\n")) assert([...line].length <= 80, line);
  }
});

Deno.test("help names the same options in both languages", () => {
  const optionsOf = (help: string) =>
    [...new Set(help.match(/--[a-z-]+|GAS_[A-Z_]+/g))].sort();
  assertEquals(optionsOf(serverHelp("en")), optionsOf(serverHelp("id")));
  assertEquals(optionsOf(clientHelp("en")), optionsOf(clientHelp("id")));
});

Deno.test("help names every variable that is read", () => {
  const help = ALL.join("");
  for (const name of ENVIRONMENT_NAMES) {
    if (name.startsWith("GAS_")) assert(help.includes(name), name);
  }
});
