import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import {
  connection,
  EMPTY_FORM,
  message,
  ownMessage,
  WELCOME,
} from "./fake_session.ts";
import { inside, LOGIN, run } from "./terminal_setup.ts";

function refused(code: "wrongPassword" | "roomFull"): ClientEvent {
  return { type: "loginRefused", refusal: { code } };
}

Deno.test("runTerminalFace() asks, logs in and shows the room", () => {
  const { session, terminal } = run({});
  session.emit({ ...EMPTY_FORM, host: "10.0.0.9", name: "Old" });
  terminal.type("10.0.0.1\r\rsecret\r");
  assertEquals(session.take(), [{
    type: "login",
    host: "10.0.0.1",
    port: 8080,
    name: "Old",
    password: "secret",
  }]);
  session.emit(
    { type: "loginProgress", stage: "connecting" },
    { type: "loginProgress", stage: "authenticating" },
    WELCOME,
  );
  terminal.type("ha");
  assertEquals(terminal.screen, [
    "Server [10.0.0.9]: 10.0.0.1",
    "Your name [Old]:",
    "Password (Enter alone for GAS1): ******",
    "* Connecting to 10.0.0.1, port 8080…",
    "* Checking the password…",
    "* You are Ani in the room Lobby at 10.0.0.1, port 8080.",
    "* The server's key: ABCD EFGH",
    "* 2 people are here: Ani, Budi.",
    "* Enter sends, Alt+Enter starts a new line, Tab completes, /help lists",
    "      commands, QUIT leaves.",
    "> ha",
  ]);
});

Deno.test("runTerminalFace() logs in at once if all was given", () => {
  const { session } = run();
  session.emit(EMPTY_FORM);
  assertEquals(session.take(), [{ type: "login", ...LOGIN }]);
});

Deno.test("runTerminalFace() never shows the password", () => {
  const { session, terminal } = run({ ...LOGIN, password: undefined });
  session.emit(EMPTY_FORM);
  terminal.type("hunter2\r");
  session.emit(refused("wrongPassword"));
  terminal.type("\x1b[Ahunter3\r");
  session.emit(WELCOME);
  terminal.type("\x1b[A");
  assert(!terminal.written.includes("hunter"));
});

Deno.test("runTerminalFace() shows a wrong address and keeps it for editing", () => {
  const { session, terminal } = run({});
  session.emit(EMPTY_FORM);
  terminal.type("http://h\r");
  assertEquals(terminal.screen, [
    "* “http://h” is not an address that can be reached.",
    "* Type a host name or an IP address, such as 192.168.1.20.",
    "Server: http://h",
  ]);
});

Deno.test("runTerminalFace() says why it was refused, and asks for that only", () => {
  const { session, terminal } = run();
  session.emit(EMPTY_FORM);
  session.take();
  session.emit(refused("wrongPassword"));
  assertEquals(terminal.screen, [
    "* The password is not right for this name.",
    "* Check the spelling and Caps Lock, or ask whoever runs the server.",
    "Password (Enter alone for GAS1):",
  ]);
  terminal.type("better\r");
  assertEquals(session.take(), [{
    type: "login",
    ...LOGIN,
    password: "better",
  }]);
});

const KEY_CHANGED: ClientEvent = {
  type: "loginRefused",
  refusal: {
    code: "serverKeyChanged",
    host: "10.0.0.1",
    port: 8080,
    pinned: "OLD KEY",
    presented: "NEW KEY",
  },
};

Deno.test("runTerminalFace() shows both keys and trusts only on purpose", () => {
  const { session, terminal } = run();
  session.emit(EMPTY_FORM);
  session.take();
  session.emit(KEY_CHANGED);
  assert(terminal.screen.includes("* Last time:  OLD KEY"));
  assert(terminal.screen.includes("* Now:        NEW KEY"));
  terminal.type("trust\r");
  assertEquals(session.take(), [
    { type: "forgetServerKey", host: "10.0.0.1", port: 8080 },
    { type: "login", ...LOGIN },
  ]);
});

Deno.test("runTerminalFace() does not log in to a server that is not trusted", () => {
  const { session, terminal } = run();
  session.emit(EMPTY_FORM);
  session.take();
  session.emit(KEY_CHANGED);
  terminal.type("\r");
  assertEquals(session.take(), []);
  assertEquals(terminal.screen.at(-1), "Server [10.0.0.1]:");
});

Deno.test("runTerminalFace() sends a line and shows it when it is said", () => {
  const { session, terminal } = inside();
  terminal.type("halo\r");
  assertEquals(session.take(), [{ type: "send", roomId: 1, text: "halo" }]);
  session.emit(ownMessage("a", "halo"));
  assertEquals(terminal.screen, ["14:30 #1 Ani: halo", ">"]);
});

Deno.test("runTerminalFace() sends a paste of lines as one message", () => {
  const { session, terminal } = inside();
  terminal.type("\x1b[200~one\r\ntwo\r\n\x1b[201~");
  assertEquals(session.take(), []);
  assertEquals(terminal.screen, ["> one", "  two"]);
  terminal.type("\r");
  assertEquals(session.take(), [{ type: "send", roomId: 1, text: "one\ntwo" }]);
});

Deno.test("runTerminalFace() sends no blank line", () => {
  const { session, terminal } = inside();
  terminal.type("\r  \r");
  assertEquals(session.take(), []);
});

Deno.test("runTerminalFace() keeps a message that is too long", () => {
  const { session, terminal } = inside();
  terminal.type("👍".repeat(21) + "\r");
  assertEquals(session.take(), []);
  assertEquals(terminal.screen, [
    "* Too long: 21 characters, the limit is 20. Shorten it or split it into several",
    "      messages.",
    "> " + "👍".repeat(21),
  ]);
  terminal.type("\x7f\r");
  assertEquals(session.take(), [{
    type: "send",
    roomId: 1,
    text: "👍".repeat(20),
  }]);
});

Deno.test("runTerminalFace() shows messages above the line being typed", () => {
  const { session, terminal } = inside();
  terminal.type("I think");
  session.emit(message({ text: "\x1b[2Jhalo\nforged" }));
  assertEquals(terminal.screen, [
    "14:30 #1 Budi: ␛[2Jhalo",
    "      forged",
    "> I think",
  ]);
});

Deno.test("runTerminalFace() asks for what is typed behind a slash, and shows the answer", () => {
  const { session, terminal } = inside();
  session.emit(message());
  session.take();
  terminal.type("/history 5\r");
  const query = {
    type: "history",
    direction: "before",
    sequence: 1,
    limit: 5,
  } as const;
  assertEquals(session.take(), [{
    type: "ask",
    roomId: 1,
    questionId: 1,
    query,
  }]);
  terminal.type("I th");
  session.emit({
    roomId: 1,
    type: "answer",
    questionId: 1,
    answer: { type: "history", isEnd: true, messages: [] },
  });
  assertEquals(terminal.screen, [
    "14:30 #1 Budi: halo",
    "* Nothing older is kept.",
    "> I th",
  ]);
});

Deno.test("runTerminalFace() completes commands and names with Tab", () => {
  const { session, terminal } = inside();
  terminal.type("/wh\t");
  assertEquals(terminal.screen, ["> /who"]);
  terminal.type("\t");
  assertEquals(terminal.screen, ["* /who  /whois", "> /who"]);
  terminal.type("i\t");
  session.emit({ type: "joined", roomId: 1, name: "Citra", timeMs: 0 });
  terminal.type("c\t");
  assertEquals(terminal.screen.at(-1), "> /whois Citra");
  session.emit({
    roomId: 1,
    type: "left",
    name: "Citra",
    reason: "quit",
    timeMs: 0,
  });
  terminal.type("\x15@c\t");
  assertEquals(terminal.screen.at(-1), "> @c");
});

Deno.test("runTerminalFace() does not send a command that it does not know", () => {
  const { session, terminal } = inside();
  terminal.type("/shout x\r");
  assertEquals(session.take(), []);
  // It stays, to be put right.
  assertEquals(terminal.screen.at(-1), "> /shout x");
  assert(terminal.screen[0]!.startsWith("* There is no command /shout"));
  terminal.type("\x01/\r");
  assertEquals(session.take(), [{ type: "send", roomId: 1, text: "/shout x" }]);
});

Deno.test("runTerminalFace() leaves for QUIT typed alone", async () => {
  const { session, terminal, exit } = inside();
  terminal.type(" QUIT \r");
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit({ type: "ended", reason: { code: "quit" } });
  assertEquals(await exit, 0);
  assert(!terminal.isRaw && !terminal.marksPaste);
});

Deno.test("runTerminalFace() sends QUIT that does not stand alone", () => {
  const { session, terminal } = inside();
  terminal.type("QUIT it\r");
  terminal.type("quit\r");
  assertEquals(session.take().map(({ type }) => type), ["send", "send"]);
});

Deno.test("runTerminalFace() leaves politely for Ctrl+C and Ctrl+D", async () => {
  for (const key of ["\x03", "\x04"]) {
    const { session, terminal, exit } = inside();
    terminal.type(key);
    assertEquals(session.take(), [{ type: "quit" }]);
    session.emit({ type: "ended", reason: { code: "quit" } });
    assertEquals(await exit, 0);
  }
});

Deno.test("runTerminalFace() leaves at once for a second Ctrl+C", async () => {
  const { session, terminal, exit } = inside();
  terminal.type("\x03\x03");
  assertEquals(await exit, 130);
  assertEquals(session.take(), [{ type: "quit" }]);
  assertEquals(terminal.isRaw, false);
});

Deno.test("runTerminalFace() leaves during a question", async () => {
  const { session, terminal, exit } = run({});
  session.emit(EMPTY_FORM);
  terminal.type("half a ho\x03");
  session.emit({ type: "ended", reason: { code: "quit" } });
  assertEquals(await exit, 0);
});

Deno.test("runTerminalFace() leaves politely when a signal ends it", async () => {
  const { session, exit, abort } = inside();
  abort();
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit({ type: "ended", reason: { code: "quit" } });
  assertEquals(await exit, 130);
});

Deno.test("runTerminalFace() leaves politely when its terminal is closed", async () => {
  const { session, terminal, exit, abort } = inside();
  // A closed terminal ends the input and sends a signal, in any order.
  terminal.hangUp();
  abort();
  terminal.hangUp();
  assertEquals(session.take(), [{ type: "quit" }]);
  assert(terminal.isRaw, "has not ended yet");
  session.emit({ type: "ended", reason: { code: "quit" } });
  assertEquals(await exit, 130);
});

Deno.test("runTerminalFace() ignores what comes after the end", async () => {
  const { session, terminal, exit } = inside();
  terminal.type("\x03");
  session.emit({ type: "ended", reason: { code: "quit" } });
  await exit;
  const { written } = terminal;
  session.emit(message());
  terminal.type("x\x03");
  assertEquals(terminal.written, written);
});

Deno.test("runTerminalFace() offers a new login when the session ends", () => {
  const { session, terminal } = inside();
  session.emit(ownMessage("a", "lost"));
  terminal.type("draft");
  session.emit({ type: "ended", reason: { code: "removed", reason: "spam" } });
  assertEquals(terminal.screen, [
    "14:30 #1 Ani: lost",
    "* You were removed from the room (spam).",
    "* 1 message was not sent. The up key brings it back.",
    "Press Enter to try again, Ctrl+C to leave:",
  ]);
  terminal.type("\r");
  assertEquals(session.take(), [{ type: "login", ...LOGIN }]);
  session.emit(WELCOME);
  assertEquals(terminal.screen.at(-1), "> draft");
});

Deno.test("runTerminalFace() asks for what a refused reconnect needs", () => {
  const { session, terminal } = inside();
  session.emit({
    type: "ended",
    reason: { code: "refused", refusal: { code: "wrongPassword" } },
  });
  assert(terminal.screen[0]?.startsWith("* Reconnecting was refused."));
  assertEquals(terminal.screen.at(-1), "Password (Enter alone for GAS1):");
});

Deno.test("runTerminalFace() speaks Indonesian", () => {
  const { session, terminal } = run({}, { language: "id" });
  session.emit(EMPTY_FORM);
  terminal.type("h\r");
  assertEquals(terminal.screen, ["Server: h", "Nama Anda:"]);
});

Deno.test("runTerminalFace() uses colors only where they are wanted", () => {
  const plain = run();
  plain.session.emit(EMPTY_FORM, WELCOME, message());
  assertEquals(plain.terminal.hasColors, false);
  const colored = run(LOGIN, { colors: true });
  colored.session.emit(EMPTY_FORM, WELCOME, message());
  assertEquals(colored.terminal.hasColors, !Deno.noColor);
});

Deno.test("runTerminalFace() keeps a roll in a new file, and never in an old one", () => {
  const { session, terminal } = inside();
  session.emit(message());
  for (const questionId of [1, 2]) {
    session.take();
    terminal.type("/roll 1 roll.csv\r");
    const query = { type: "roll", target: 1 } as const;
    assertEquals(session.take(), [{
      type: "ask",
      roomId: 1,
      questionId,
      query,
    }]);
    session.emit({
      type: "answer",
      roomId: 1,
      questionId,
      answer: {
        type: "roll",
        acknowledged: [],
        missing: [`Ani ${questionId}`],
      },
    });
  }
  assertStringIncludes(terminal.files.get("roll.csv")!, "Ani 1,no,");
  const said = terminal.screen.join(" ").replaceAll(/\s+/g, " ");
  assertStringIncludes(said, "Acknowledged by 0 of 1.");
  assertStringIncludes(said, "Saved in roll.csv.");
  assertStringIncludes(said, "There is a file roll.csv already");
});

Deno.test("runTerminalFace() calls a person who is spoken to", () => {
  const { session, terminal } = inside();
  session.emit(message({ text: "well, @ani!" }));
  session.emit(message({ text: "@ani, long ago", earlier: true }));
  session.emit(message({ text: "@Anita" }));
  assertEquals(terminal.rings, 1);
});

Deno.test("runTerminalFace() says that what it prints for somebody who may type is read", () => {
  const { session } = inside();
  session.emit(message());
  assertEquals(session.take(), [{ type: "read", roomId: 1, sequence: 1 }]);
});

Deno.test("runTerminalFace() does what a command says", () => {
  const { session, terminal } = inside();
  session.emit(message());
  session.take();
  terminal.type("/react #1 👍\r");
  assertEquals(session.take(), [{
    roomId: 1,
    type: "act",
    act: { type: "react", target: 1, emoji: "👍", isOn: true },
  }]);
  terminal.type("//me\r");
  assertEquals(session.take(), [{ type: "send", roomId: 1, text: "/me" }]);
});

Deno.test("runTerminalFace() keeps a command that cannot be done, and says why", () => {
  const { session, terminal } = inside();
  terminal.type("/pin 7\r");
  assertEquals(session.take(), []);
  assertEquals(terminal.screen.slice(-2), [
    "* There is no message with the number 7 here.",
    "> /pin 7",
  ]);
});

Deno.test("runTerminalFace() lists the commands", () => {
  const { session, terminal } = inside();
  terminal.type("/help\r");
  assertEquals(session.take(), []);
  assert(terminal.screen.some((row) => row.startsWith("* /me text")));
});

Deno.test("runTerminalFace() says that a change waits for the server", () => {
  const { session, terminal } = inside();
  session.emit(connection("reconnecting"));
  terminal.type("/topic x\r");
  assertEquals(terminal.screen.slice(-2), [
    "* This waits for the server.",
    ">",
  ]);
});

Deno.test("runTerminalFace() asks for a claim's password masked, and keeps no trace of it", () => {
  const { session, terminal } = inside();
  terminal.type("/claim\r");
  terminal.type("hunter2");
  assertEquals(terminal.screen, [
    "A new password for your name (Enter alone cancels): *******",
  ]);
  terminal.type("\r");
  assertEquals(terminal.screen, ["Once more:"]);
  terminal.type("hunter2\r");
  assertEquals(session.take(), [
    { type: "claim", roomId: 1, questionId: 1, password: "hunter2" },
  ]);
  assertEquals(terminal.screen, [">"]);
  terminal.type("\x1b[A");
  assertEquals(terminal.screen, ["> /claim"]);
  terminal.type("\x1b[A\x1b[A\x19");
  assert(!terminal.written.includes("hunter2"));
  session.emit({
    type: "answer",
    roomId: 1,
    questionId: 1,
    answer: { type: "claimed", accountId: 1 },
  });
  assertStringIncludes(terminal.screen.join("\n"), "The name is yours");
});

Deno.test("runTerminalFace() claims nothing with two passwords, or none", () => {
  const { session, terminal } = inside();
  terminal.type("/claim\rhunter2\rhunter3\r");
  assertStringIncludes(terminal.screen.join(" "), "are different");
  terminal.type("/claim\r\r/claim\rhunter2\x03");
  assertStringIncludes(terminal.screen.join(" "), "Nothing was changed.");
  assertEquals(session.take(), []);
  assert(!terminal.written.includes("hunter"));
});

Deno.test("runTerminalFace() goes on asking for a claim over a reconnect", () => {
  const { session, terminal } = inside();
  terminal.type("/claim\rhunter2");
  session.emit(connection("reconnecting"), WELCOME);
  terminal.type("\rhunter2\r");
  assertEquals(session.take(), [
    { type: "claim", roomId: 1, questionId: 1, password: "hunter2" },
  ]);
});

Deno.test("runTerminalFace() asks about people, and says what came of it", () => {
  const { session, terminal } = inside();
  terminal.type('/mute "Budi" 10m\r');
  assertEquals(session.take(), [{
    type: "ask",
    roomId: 1,
    questionId: 1,
    query: { type: "mute", name: "Budi", seconds: 600 },
  }]);
  session.emit(
    {
      type: "unanswered",
      roomId: 1,
      questionId: 1,
      refusal: { code: "needsRole", role: "moderator" },
    },
    { type: "answer", roomId: 1, questionId: 2, answer: { type: "done" } },
  );
  assertEquals(terminal.screen, [
    "* Only a moderator or owner may do that.",
    "* Done.",
    ">",
  ]);
});

Deno.test("runTerminalFace() says what of somebody has changed", () => {
  const { session, terminal } = inside();
  const budi = {
    type: "memberChanged",
    roomId: 1,
    name: "Budi",
    newName: "Budi S",
    role: "guest",
    isAway: false,
    own: false,
  } as const;
  session.emit(
    budi,
    { ...budi, name: "Budi S", role: "moderator" },
    { ...budi, name: "Budi S", role: "moderator", isAway: true },
    { ...budi, name: "Budi S", role: "moderator" },
  );
  assertEquals(terminal.screen, [
    "* Budi is now Budi S.",
    "* Budi S is a moderator now.",
    "* Budi S is away.",
    "* Budi S is back.",
    ">",
  ]);
  terminal.type("/kick bu\t");
  assertEquals(terminal.screen.at(-1), '> /kick "Budi S"');
});

Deno.test("runTerminalFace() leaves with /quit", () => {
  const { session, terminal } = inside();
  terminal.type("/quit\r");
  assertEquals(session.take(), [{ type: "quit" }]);
});
