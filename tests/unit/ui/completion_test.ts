import { assertEquals } from "@std/assert";
import {
  commonStart,
  completionAt,
  isTypedOut,
  MAX_CANDIDATES,
} from "../../../lib/ui/completion.ts";
import {
  type CommandParameter,
  SLASH_COMMANDS,
  type SlashCommand,
} from "../../../lib/ui/slash_command.ts";

function command(
  name: string,
  ...kinds: readonly CommandParameter["kind"][]
): SlashCommand {
  return {
    name,
    parameters: kinds.map((kind) => ({ kind, label: kind })),
    help: { en: name, id: name },
    read: () => undefined,
  };
}

const SOURCES = {
  commands: [
    command("me", "text"),
    command("mute", "name", "duration"),
    command("whois", "name"),
    command("who"),
    command("join", "room"),
    command("react", "number", "emoji"),
    command("note", "number", "name"),
  ],
  people: ["Ani", "Ani Wijaya", "Budi", "Élodie"],
  rooms: ["Kelas 2", "Lab"],
};

/** What a line becomes, for each candidate; `|` is the caret. */
function lines(line: string, sources = SOURCES): string[] {
  const caret = line.indexOf("|");
  const text = line.replace("|", "");
  const completion = completionAt(text, caret, sources);
  return (completion?.candidates ?? []).map((candidate) =>
    text.slice(0, completion!.start) + candidate.text + "|" +
    text.slice(completion!.end)
  );
}

for (
  const [line, expected] of [
    ["/|", [
      "/me |",
      "/mute |",
      "/whois |",
      "/who|",
      "/join |",
      "/react |",
      "/note |",
    ]],
    ["/M|", ["/me |", "/mute |"]],
    ["/mu| Ani", ["/mute| Ani"]],
    ["/x|", []],
    ["//m|", []],
    ["a /m|", []],
    ["/whois |", [
      "/whois Ani|",
      "/whois Ani Wijaya|",
      "/whois Budi|",
      "/whois Élodie|",
    ]],
    ["/whois an|", ["/whois Ani|", "/whois Ani Wijaya|"]],
    ["/whois ani w|", ["/whois Ani Wijaya|"]],
    ["/whois  @bu|", ["/whois  Budi|"]],
    ["/whois e\u0301|", ["/whois Élodie|"]],
    ["/WHOIS bu|", ["/WHOIS Budi|"]],
    ["/mute an|", ["/mute Ani |", '/mute "Ani Wijaya" |']],
    ['/mute "ani w|', ['/mute "Ani Wijaya" |']],
    ["/mute Budi 1|", []],
    ["/mute Budi bu|", []],
    ["/join k|", ["/join Kelas 2|"]],
    ["/join #l|", ["/join Lab|"]],
    ["/react |", []],
    ["/note 3 bu|", ["/note 3 Budi|"]],
    ["/note 3|", []],
    ["/who bu|", []],
    ["/nothing bu|", []],
    ["hello @bu|", ["hello @Budi |"]],
    ["hello @bu|, all", ["hello @Budi |, all"]],
    ["hello @bu| all", ["hello @Budi| all"]],
    ["/me greets @ani w|", ["/me greets @Ani Wijaya |"]],
    ["(@b|", ["(@Budi |"]],
    ["mail@b|", []],
    ["@|", ["@Ani |", "@Ani Wijaya |", "@Budi |", "@Élodie |"]],
    ["@Budi is |", []],
    ["hello bu|", []],
    ["|/m", []],
  ] as const
) {
  Deno.test(`completionAt() at ${line}`, () => {
    assertEquals<readonly string[]>(lines(line), expected);
  });
}

Deno.test("completionAt() skips an optional number", () => {
  const optional: SlashCommand = {
    ...command("poke"),
    parameters: [
      { kind: "number", label: "N", isOptional: true },
      { kind: "name", label: "name" },
    ],
  };
  const sources = { ...SOURCES, commands: [optional] };
  assertEquals(lines("/poke bu|", sources), ["/poke Budi|"]);
  assertEquals(lines("/poke 3 bu|", sources), ["/poke 3 Budi|"]);
});

Deno.test("completionAt() offers a bounded number, and counts the rest", () => {
  const people = Array.from({ length: MAX_CANDIDATES + 7 }, (_, i) => `a${i}`);
  const completion = completionAt("@a", 2, { ...SOURCES, people });
  assertEquals(completion?.candidates.length, MAX_CANDIDATES);
  assertEquals(completion?.more, 7);
});

Deno.test("completionAt() knows every command of the table", () => {
  for (const { name } of SLASH_COMMANDS) {
    const sources = { commands: SLASH_COMMANDS, people: [], rooms: [] };
    const completion = completionAt(`/${name}`, name.length + 1, sources);
    assertEquals(completion && isTypedOut(completion), true, name);
  }
});

Deno.test("commonStart() is what all candidates begin with, in any case", () => {
  const start = (...texts: readonly string[]) =>
    commonStart({
      candidates: texts.map((text) => ({
        text,
        label: text,
        command: undefined,
      })),
    });
  assertEquals(start("/me ", "/mute "), "/m");
  assertEquals(start("ANI", "Anita"), "ANI");
  assertEquals(start("/help"), "/help");
  assertEquals(start("a", "b"), "");
  assertEquals(start("👍🏽", "👍🏿"), "👍");
});

Deno.test("isTypedOut() tells that a candidate may be meant as it stands", () => {
  const isOut = (line: string) =>
    isTypedOut(completionAt(line, line.length, SOURCES)!);
  assertEquals(isOut("/who"), true);
  assertEquals(isOut("/wh"), false);
  assertEquals(isOut("@ani"), true);
  assertEquals(isOut("@an"), false);
});
