import { assert, assertEquals } from "@std/assert";
import {
  readTypedLine,
  SLASH_COMMANDS,
  slashHelp,
  type TalkInView,
  type TypedProblem,
  typedProblemText,
  usageOf,
} from "../../../lib/ui/slash_command.ts";
import { noticeLines } from "../../../lib/ui/terminal_lines.ts";

/** Message 3 is at 30, message 4 is one that the server does not have. */
const TALK: TalkInView = {
  sequenceOf: (number) => number === 3 ? 30 : undefined,
  lastOwn: 50,
  hasReacted: (sequence, emoji) => sequence === 30 && emoji === "🎉",
};

function read(line: string, talk = TALK) {
  return readTypedLine(line, talk);
}

for (
  const [line, act] of [
    ["/me waves  twice ", {
      type: "message",
      style: "action",
      replyTo: 0,
      text: "waves  twice",
    }],
    ["/ME waves", {
      type: "message",
      style: "action",
      replyTo: 0,
      text: "waves",
    }],
    ["/reply 3 yes\nand no", {
      type: "message",
      style: "plain",
      replyTo: 30,
      text: "yes\nand no",
    }],
    ["/reply #3 yes", {
      type: "message",
      style: "plain",
      replyTo: 30,
      text: "yes",
    }],
    ["/edit 3 new", { type: "edit", target: 30, text: "new" }],
    ["/edit new text", { type: "edit", target: 50, text: "new text" }],
    ["/edit 5th try", { type: "edit", target: 50, text: "5th try" }],
    ["/delete 3", { type: "remove", target: 30 }],
    ["/delete", { type: "remove", target: 50 }],
    ["/react 3 👍", { type: "react", target: 30, emoji: "👍", isOn: true }],
    ["/react 3 🎉", { type: "react", target: 30, emoji: "🎉", isOn: false }],
    ["/pin 3", { type: "pin", target: 30, isOn: true }],
    ["/unpin #3", { type: "pin", target: 30, isOn: false }],
    ["/topic  a\n b ", { type: "topic", text: "a b" }],
    ["/announce all out", {
      type: "message",
      style: "announcement",
      replyTo: 0,
      text: "all out",
    }],
    ["/ack 3", { type: "acknowledge", target: 30 }],
  ] as const
) {
  Deno.test(`readTypedLine() reads ${JSON.stringify(line)}`, () => {
    assertEquals(read(line), { type: "act", act });
  });
}

Deno.test("readTypedLine() sends what is no command, and what starts with two slashes", () => {
  for (
    const [line, text] of [
      ["halo", "halo"],
      [" /me indented", " /me indented"],
      ["/", "/"],
      ["/ me", "/ me"],
      ["//me waves", "/me waves"],
      ["///", "//"],
      ["", ""],
    ] as const
  ) assertEquals(read(line), { type: "message", text });
});

Deno.test("readTypedLine() says that there is no such command", () => {
  assertEquals(read("/dance now"), { type: "unknown", name: "dance" });
  assertEquals(read("/etc/passwd"), { type: "unknown", name: "etc/passwd" });
});

const SEARCH = {
  type: "search",
  words: "",
  author: "",
  since: undefined,
  until: undefined,
  before: 0,
} as const;

for (
  const [line, command] of [
    ["/search rapat  jam*", { ...SEARCH, words: "rapat jam*" }],
    ["/search from:Ani", { ...SEARCH, author: "Ani" }],
    [
      '/search rapat from:"Ani Maria" until:2026-11-20 since:2024-02-29 to:x',
      {
        type: "search",
        words: "rapat to:x",
        author: "Ani Maria",
        since: { year: 2024, month: 2, day: 29 },
        until: { year: 2026, month: 11, day: 20 },
        before: 0,
      },
    ],
    ["/search rapat before:70", { ...SEARCH, words: "rapat", before: 70 }],
    ["/history", { type: "history", count: undefined }],
    ["/history 30", { type: "history", count: 30 }],
    ["/WHO ", { type: "who" }],
    ["/seen", { type: "receipts", target: 50 }],
    ["/seen #3", { type: "receipts", target: 30 }],
    ["/roll 3", { type: "roll", target: 30, file: "" }],
    ["/roll 3 my roll.csv", { type: "roll", target: 30, file: "my roll.csv" }],
    ["/whois  Ani Maria ", { type: "whois", name: "Ani Maria" }],
    ['/whois "Ani Maria"', { type: "whois", name: "Ani Maria" }],
  ] as const
) {
  Deno.test(`readTypedLine() reads ${JSON.stringify(line)}`, () => {
    assertEquals(read(line), { type: "lookUp", command });
  });
}

Deno.test("readTypedLine() does not guess what is no day", () => {
  for (const text of ["yesterday", "2026-02-29", "1969-12-31", ""]) {
    assertEquals(read(`/search x since:${text}`), { type: "noDay", text });
  }
});

Deno.test("readTypedLine() says how a command goes", () => {
  for (
    const [line, usage] of [
      ["/me", "/me text"],
      ["/reply yes", "/reply N text"],
      ["/reply 3", "/reply N text"],
      ["/edit", "/edit [N] text"],
      ["/edit 3 ", "/edit [N] text"],
      ["/delete 3 now", "/delete [N]"],
      ["/delete now", "/delete [N]"],
      ["/react 3", "/react N emoji"],
      ["/pin", "/pin N"],
      ["/pin 3 now", "/pin N"],
      ["/unpin x", "/unpin N"],
      ["/topic ", "/topic text"],
      ["/search", "/search words"],
      ["/search x from:", "/search words"],
      ["/history 0", "/history [count]"],
      ["/history all", "/history [count]"],
      ["/who is there", "/who"],
      ["/whois", "/whois name"],
      ["/help me", "/help"],
    ] as const
  ) {
    const typed = read(line);
    assert(typed.type === "usage", line);
    assertEquals(usageOf("en", typed.command), usage);
  }
});

Deno.test("usageOf() names in both languages what is typed", () => {
  const leave = SLASH_COMMANDS.find(({ name }) => name === "leave")!;
  assertEquals(usageOf("en", leave), "/leave [room]");
  assertEquals(usageOf("id", leave), "/leave [ruang]");
});

Deno.test("readTypedLine() says that a message is not there", () => {
  for (const line of ["/reply 4 x", "/edit 4 x", "/delete 4", "/pin 4"]) {
    assertEquals(read(line), { type: "noSuchNumber", number: 4 });
  }
  const talk = { ...TALK, lastOwn: undefined };
  for (const line of ["/edit x", "/delete"]) {
    assertEquals(read(line, talk), { type: "nothingOwn" });
  }
});

Deno.test("slashHelp() has a row of 80 columns for every command, in both languages", () => {
  for (const language of ["en", "id"] as const) {
    const help = slashHelp(language);
    assertEquals(help.length, SLASH_COMMANDS.length + 1);
    for (const [i, command] of SLASH_COMMANDS.entries()) {
      assert(help[i]!.startsWith(`${usageOf(language, command)} `), help[i]);
    }
    for (const text of help) {
      const show = (row: string) => row;
      assertEquals(noticeLines({ time: "", text, show }, 80).length, 1, text);
    }
  }
  assertEquals(read("/help"), { type: "help" });
});

Deno.test("typedProblemText() has words for every problem, in both languages", () => {
  const problems: TypedProblem[] = [
    { type: "usage", command: SLASH_COMMANDS[0]! },
    { type: "noSuchNumber", number: 4 },
    { type: "nothingOwn" },
    { type: "noDay", text: "yesterday" },
    { type: "unknown", name: "dance" },
  ];
  const texts = problems.flatMap((problem) => [
    typedProblemText("en", problem),
    typedProblemText("id", problem),
  ]);
  assertEquals(new Set(texts).size, texts.length);
  assert(texts[8]!.includes("//dance"));
});
