import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ClientEvent, Refusal } from "../../../lib/ui/bridge.ts";
import { MAX_WAITING_CHARACTERS } from "../../../lib/ui/output_queue.ts";
import {
  MAX_UNANSWERED_LINES,
  type PipeIo,
  runPipeFace,
} from "../../../lib/ui/pipe_face.ts";
import type { WantedRoom } from "../../../lib/ui/room_entry.ts";
import {
  connection,
  EMPTY_FORM,
  FakeSession,
  message,
  ownMessage,
  stored,
  WELCOME,
} from "./fake_session.ts";

const LOGIN = { host: "10.0.0.1", port: 8080, name: "bot", password: "secret" };

const QUIT: ClientEvent = { type: "ended", reason: { code: "quit" } };

/** Standard streams that a test feeds and reads. */
class FakePipe implements PipeIo {
  output = "";
  errors = "";
  isReaderGone = false;
  readCount = 0;
  #input: (Uint8Array | undefined)[] = [];
  #reader: ((bytes: Uint8Array | undefined) => void) | undefined;

  read(): Promise<Uint8Array | undefined> {
    this.readCount++;
    if (this.#input.length > 0) return Promise.resolve(this.#input.shift());
    return new Promise((resolve) => this.#reader = resolve);
  }

  write(text: string): Promise<void> {
    if (this.isReaderGone) return Promise.reject(new Deno.errors.BrokenPipe());
    this.output += text;
    return Promise.resolve();
  }

  writeError(text: string): void {
    this.errors += text;
  }

  /** Gives input; undefined is its end. */
  async feed(text: string | undefined): Promise<void> {
    const bytes = text === undefined
      ? undefined
      : new TextEncoder().encode(text);
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#input.push(bytes);
    else reader(bytes);
    await tick();
  }
}

/** Lets everything run that waits for nothing. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

interface Setup {
  readonly session: FakeSession;
  readonly pipe: FakePipe;
  readonly exit: Promise<number>;
  readonly abort: () => void;
}

function run(room?: WantedRoom): Setup {
  const session = new FakeSession();
  const pipe = new FakePipe();
  const controller = new AbortController();
  const exit = runPipeFace({
    session,
    io: pipe,
    language: "en",
    login: LOGIN,
    room,
    signal: controller.signal,
  });
  session.emit(EMPTY_FORM);
  return { session, pipe, exit, abort: () => controller.abort() };
}

/** A script inside the room that has said and heard nothing. */
async function inside(): Promise<Setup> {
  const setup = run();
  setup.session.emit(WELCOME);
  await tick();
  setup.session.take();
  setup.pipe.errors = "";
  return setup;
}

/** Answers like a session: each line is said, and the server has it at once. */
function answer(session: FakeSession): string[] {
  return session.take().flatMap((command) => {
    if (command.type !== "send") return [];
    session.emit(ownMessage(command.text, command.text), stored(command.text));
    return [command.text];
  });
}

Deno.test("runPipeFace() logs in without a question", () => {
  const { session } = run();
  assertEquals(session.take(), [{ type: "faceReady" }, {
    type: "login",
    ...LOGIN,
  }]);
});

Deno.test("runPipeFace() reads no input before it is inside", async () => {
  const { session, pipe } = run();
  await tick();
  assertEquals(pipe.readCount, 0);
  session.emit(WELCOME);
  assertEquals(pipe.readCount, 1);
});

Deno.test("runPipeFace() sends every line, then leaves with 0", async () => {
  const { session, pipe, exit } = await inside();
  await pipe.feed("one\nQUIT\r\n\n  \n three ");
  await pipe.feed(undefined);
  assertEquals(answer(session), ["one", "QUIT", " three "]);
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 0);
  assertEquals([pipe.output, pipe.errors], ["", ""]);
});

Deno.test("runPipeFace() waits for the server before it leaves", async () => {
  const { session, pipe } = await inside();
  await pipe.feed("one\ntwo");
  await pipe.feed(undefined);
  session.take();
  session.emit(ownMessage("a", "one"), stored("a"));
  assertEquals(session.take(), []);
  session.emit(ownMessage("b", "two"));
  assertEquals(session.take(), []);
  session.emit(stored("b"));
  assertEquals(session.take(), [{ type: "quit" }]);
});

Deno.test("runPipeFace() leaves at once if there is no input", async () => {
  const { session, pipe } = await inside();
  await pipe.feed(undefined);
  assertEquals(session.take(), [{ type: "quit" }]);
});

Deno.test("runPipeFace() prints the others' messages, one line each", async () => {
  const { session, pipe } = await inside();
  session.emit(
    message({ text: "a\nb\\n\r\x1b[2J" }),
    message({ author: "x: y:", text: "z: z" }),
  );
  await tick();
  assertEquals(
    pipe.output,
    "Budi: a\\nb\\\\n\\r\\u001b[2J\n" + "x\\u003a y:: z: z\n",
  );
});

Deno.test("runPipeFace() prints neither own nor earlier messages", async () => {
  const { session, pipe } = await inside();
  session.emit(
    ownMessage("a", "own"),
    message({ earlier: true }),
    message({ earlier: true, own: true }),
  );
  await tick();
  assertEquals(pipe.output, "");
});

Deno.test("runPipeFace() counts no earlier own message as an answer", async () => {
  const { session, pipe } = await inside();
  await pipe.feed("one\n");
  await pipe.feed(undefined);
  session.take();
  session.emit(
    message({
      earlier: true,
      own: true,
      style: "plain",
      replyTo: 0,
      text: "one",
    }),
  );
  assertEquals(session.take(), []);
});

Deno.test("runPipeFace() tells what happens on standard error", async () => {
  const { session, pipe } = await inside();
  session.emit(
    { type: "joined", roomId: 1, name: "C\x1b", timeMs: 0 },
    { type: "left", roomId: 1, name: "Budi", reason: "quit", timeMs: 0 },
    { type: "gap", roomId: 1, missedMessages: 1 },
    connection("reconnecting"),
    connection("reconnecting", 2),
    WELCOME,
    connection("online"),
  );
  assertEquals(pipe.output, "");
  assertEquals(pipe.errors.split("\n"), [
    "C␛ joined the room.",
    "Budi left the room.",
    "1 message was missed: the server no longer has it.",
    "Connection lost. Reconnecting. Keep writing: messages wait here and go out then.",
    "Connected again.",
    "",
  ]);
});

Deno.test("runPipeFace() says where it is, and that the room is open", async () => {
  const { session, pipe } = run();
  session.emit({ ...WELCOME, openRoom: true });
  await tick();
  assertStringIncludes(pipe.errors, "You are Ani in the room Lobby");
  assertStringIncludes(pipe.errors, "This room is open");
});

Deno.test("runPipeFace() refuses a line that is too long, and fails", async () => {
  const { session, pipe, exit } = await inside();
  await pipe.feed(`ok\n${"x".repeat(21)}\nok too\n`);
  await pipe.feed(undefined);
  assertEquals(answer(session), ["ok", "ok too"]);
  session.emit(QUIT);
  assertEquals(await exit, 1);
  assertEquals(pipe.errors.split("\n"), [
    "Line 2 was not sent. Too long: 21 characters, the limit is 20. Shorten it or split it into several messages.",
    "1 line was not sent.",
    "",
  ]);
});

Deno.test("runPipeFace() fails if the server refuses a line", async () => {
  const { session, pipe, exit } = await inside();
  await pipe.feed("one\n\ntwo\n");
  await pipe.feed(undefined);
  session.take();
  session.emit(ownMessage("a", "one"), ownMessage("b", "two"), stored("a"));
  const reason = { code: "tooFast", retryAfterSeconds: 1 } as const;
  session.emit({
    roomId: 1,
    type: "delivery",
    id: "b",
    delivery: { state: "refused", reason },
  });
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 1);
  assertStringIncludes(pipe.errors, "Line 3 was not sent.");
});

Deno.test("runPipeFace() stops reading while the server does not answer", async () => {
  const { session, pipe } = await inside();
  await pipe.feed("x\n".repeat(MAX_UNANSWERED_LINES + 10));
  assertEquals(session.take().length, MAX_UNANSWERED_LINES);
  assertEquals(pipe.readCount, 1);
  for (let i = 0; i < 9; i++) {
    session.emit(ownMessage(`${i}`, "x"), stored(`${i}`));
  }
  await tick();
  assertEquals(session.take().length, 9);
  assertEquals(pipe.readCount, 1);
  session.emit(ownMessage("9", "x"), stored("9"));
  await tick();
  assertEquals(session.take().length, 1);
  assertEquals(pipe.readCount, 2);
});

Deno.test("runPipeFace() exits 2 or 3 if it does not get in, and says why", async () => {
  const cases: [Refusal, number][] = [
    [{ code: "wrongPassword" }, 2],
    [{ code: "nameTaken", name: "bot" }, 2],
    [{ code: "nameInvalid", rule: "empty" }, 2],
    [{ code: "throttled", retryAfterSeconds: 5 }, 2],
    [{ code: "roomFull" }, 2],
    [{ code: "versionMismatch", supported: ["2"] }, 2],
    [{ code: "clientPortBusy", port: 5000 }, 2],
    [
      {
        code: "serverKeyChanged",
        host: "h",
        port: 1,
        pinned: "OLD",
        presented: "NEW",
      },
      2,
    ],
    [{ code: "serverSilent", host: "h", port: 1 }, 3],
    [{ code: "serverGone", reason: "x" }, 3],
    [{ code: "addressInvalid", host: "h" }, 3],
  ];
  for (const [refusal, code] of cases) {
    const { session, pipe, exit } = run();
    session.emit({ type: "loginRefused", refusal });
    assertEquals(await exit, code, refusal.code);
    assert(/^[^\n]+\n$/.test(pipe.errors), pipe.errors);
    assertEquals([pipe.output, pipe.readCount], ["", 0]);
  }
});

Deno.test("runPipeFace() says how many lines were lost with the session", async () => {
  const { session, pipe, exit } = await inside();
  await pipe.feed("one\ntwo\n");
  session.emit(ownMessage("a", "one"));
  session.emit({ type: "ended", reason: { code: "removed", reason: "spam" } });
  assertEquals(await exit, 1);
  assertEquals(
    pipe.errors,
    "You were removed from the room (spam).\n2 lines were not sent.\n",
  );
});

Deno.test("runPipeFace() exits by the refusal if it cannot come back", async () => {
  const { session, exit } = await inside();
  session.emit({
    type: "ended",
    reason: { code: "refused", refusal: { code: "wrongPassword" } },
  });
  assertEquals(await exit, 2);
});

Deno.test("runPipeFace() says that what it has written is read", async () => {
  const { session } = await inside();
  session.take();
  session.emit(message());
  assertEquals(session.take(), []);
  await tick();
  assertEquals(session.take(), [{ type: "read", roomId: 1, sequence: 1 }]);
});

Deno.test("runPipeFace() leaves politely when nobody reads any more", async () => {
  const { session, pipe, exit } = await inside();
  await pipe.feed("one\n");
  session.take();
  pipe.isReaderGone = true;
  session.emit(message());
  await tick();
  // The line on its way is waited for.
  assertEquals(session.take(), []);
  session.emit(ownMessage("a", "one"), stored("a"));
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 0);
});

Deno.test("runPipeFace() sends no more lines once nobody reads", async () => {
  const { session, pipe } = await inside();
  pipe.isReaderGone = true;
  session.emit(message());
  await tick();
  session.take();
  await pipe.feed("one\n");
  assertEquals(session.take(), []);
});

Deno.test("runPipeFace() gives up on who does not read, and fails", async () => {
  const { session, pipe, exit } = await inside();
  pipe.write = () => new Promise(() => {});
  const text = "x".repeat(MAX_WAITING_CHARACTERS / 2);
  session.emit(message({ text }), message({ text }));
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 1);
  assertStringIncludes(pipe.errors, "Nobody reads");
});

Deno.test("runPipeFace() fails when what was said cannot be written", async () => {
  const { session, pipe, exit } = await inside();
  pipe.write = () =>
    Promise.reject(new Error("No space left on device (os error 28)"));
  session.emit(message());
  await tick();
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 1);
  assertStringIncludes(pipe.errors, "written: No space left on device.");
});

Deno.test("runPipeFace() leaves politely when a signal ends it", async () => {
  const { session, exit, abort } = await inside();
  abort();
  abort();
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 130);
});

Deno.test("runPipeFace() says on standard error what somebody changed", async () => {
  const { session, pipe } = run();
  session.emit(EMPTY_FORM, WELCOME);
  const before = pipe.errors.length;
  const change = {
    type: "change",
    roomId: 1,
    sequence: 9,
    act: { type: "edit", target: 7, text: "new" },
    author: "Budi",
    own: false,
    timeMs: 0,
    earlier: false,
  } as const;
  session.emit(change, { ...change, earlier: true });
  await tick();
  assertEquals(pipe.errors.slice(before), "Budi edited message 7: new\n");
  assertEquals(pipe.output, "");
});

Deno.test("runPipeFace() says what of somebody has changed", async () => {
  const { session, pipe } = await inside();
  const change = { type: "memberChanged", roomId: 1, own: false } as const;
  const named = { ...change, name: "Budi", newName: "Bobi" };
  session.emit({ ...named, role: "guest", isAway: false });
  const away = { ...change, name: "Bobi", newName: "Bobi" };
  session.emit({ ...away, role: "guest", isAway: true });
  await tick();
  assertEquals(pipe.errors, "Budi is now Bobi.\nBobi is away.\n");
  assertEquals(pipe.output, "");
});

Deno.test("runPipeFace() prints what somebody does, and nothing of what was removed", async () => {
  const { session, pipe } = run();
  session.emit(EMPTY_FORM, WELCOME);
  session.emit(message({ style: "action", text: "waves" }));
  session.emit(message({ id: "m2", text: "" }));
  await tick();
  assertEquals(pipe.output, "Budi: /me waves\n");
});

Deno.test("runPipeFace() waits also for what an earlier run was given", async () => {
  const { session, pipe, exit } = run();
  session.emit(WELCOME, ownMessage("old", "from before"));
  await tick();
  session.take();
  pipe.errors = "";
  await pipe.feed(undefined);
  assertEquals(session.take(), []);
  session.emit({
    roomId: 1,
    type: "delivery",
    id: "old",
    delivery: { state: "refused", reason: { code: "empty" } },
  });
  assertStringIncludes(pipe.errors, "A line of an earlier run was not sent.");
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals(await exit, 1);
});

const DEV: WantedRoom = { type: "room", name: "dev" };

/** A script in room 7. */
async function insideDev(): Promise<Setup> {
  const setup = run(DEV);
  const answer = { type: "joinRoom", roomId: 7 } as const;
  setup.session.emit(
    WELCOME,
    { type: "answer", roomId: 1, questionId: 1, answer },
    { ...WELCOME, roomId: 7, room: "dev" },
  );
  await tick();
  return setup;
}

Deno.test("runPipeFace() reads and writes in another room", async () => {
  const { session, pipe, exit } = await insideDev();
  assertStringIncludes(pipe.errors, "dev");
  session.take();
  session.emit(message({ roomId: 7 }), message({ text: "elsewhere" }));
  await pipe.feed("one");
  await pipe.feed(undefined);
  const sends = session.take().filter(({ type }) => type === "send");
  assertEquals(sends, [{ type: "send", roomId: 7, text: "one" }]);
  session.emit(ownMessage("a", "one", 7), stored("a", 7));
  assertEquals(session.take(), [{ type: "quit" }]);
  session.emit(QUIT);
  assertEquals([await exit, pipe.output], [0, "Budi: halo\n"]);
});

Deno.test("runPipeFace() reads no input before it is in the other room", async () => {
  const { session, pipe } = run(DEV);
  session.emit(WELCOME);
  await tick();
  assertEquals(pipe.readCount, 0);
});

Deno.test("runPipeFace() exits 2 if it may not enter the room", async () => {
  const { session, pipe, exit } = run(DEV);
  const refusal = { code: "noSuchRoom" } as const;
  session.emit(
    WELCOME,
    { type: "unanswered", roomId: 1, questionId: 1, refusal },
  );
  assertEquals(session.take().at(-1), { type: "quit" });
  session.emit(QUIT);
  assertEquals(await exit, 2);
  assertEquals(pipe.errors, "#dev: There is no such room.\n");
});

Deno.test("runPipeFace() fails when its room is over", async () => {
  const { session, pipe, exit } = await insideDev();
  pipe.errors = "";
  session.emit({ type: "roomClosed", roomId: 7, reason: "archived" }, QUIT);
  assertEquals(await exit, 1);
  assertEquals(pipe.errors, "#dev is over: it was archived.\n");
});
