import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  runSend,
  runTail,
  type ScriptOptions,
} from "../../../lib/app/client_script.ts";
import type { ClientEvent, Refusal } from "../../../lib/ui/bridge.ts";
import type { PipeIo } from "../../../lib/ui/pipe_face.ts";
import { connection, message, stored, WELCOME } from "../ui/fake_session.ts";
import { ScriptSession } from "./script_session.ts";

/** Standard streams in memory. */
class FakeStreams implements PipeIo {
  input: string[] = [];
  output = "";
  errors = "";
  isReaderGone = false;

  read(): Promise<Uint8Array | undefined> {
    const text = this.input.shift();
    return Promise.resolve(
      text === undefined ? undefined : new TextEncoder().encode(text),
    );
  }

  write(text: string): Promise<void> {
    if (this.isReaderGone) return Promise.reject(new Deno.errors.BrokenPipe());
    this.output += text;
    return Promise.resolve();
  }

  writeError(text: string): void {
    this.errors += text;
  }
}

const LOGIN = { host: "h", port: 1, name: "Ani", password: "x", history: 0 };

function setUp() {
  const session = new ScriptSession();
  const io = new FakeStreams();
  const stop = new AbortController();
  const options: ScriptOptions = {
    session,
    io,
    login: LOGIN,
    language: "en",
    signal: stop.signal,
  };
  return { session, io, stop, options };
}

/** Lets everything run that waits for nothing. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("runSend() ends when the text is stored", async () => {
  const { session, options } = setUp();
  const code = runSend(options, "hello");
  session.emit(WELCOME);
  await tick();
  assertEquals(session.take().slice(1), [{
    type: "send",
    roomId: 1,
    text: "hello",
  }]);
  session.emit(stored("hello"));
  assertEquals(await code, 0);
  assertEquals(session.take(), [{ type: "quit" }]);
});

Deno.test("runSend() says a text that looks like a command as it is", async () => {
  const { session, options } = setUp();
  void runSend(options, "/dev/sda1 is full");
  session.emit(WELCOME);
  await tick();
  const text = "/dev/sda1 is full";
  assertEquals(session.take().slice(1), [{ type: "send", roomId: 1, text }]);
});

Deno.test("runSend() sends standard input without its last line break", async () => {
  const { session, io, options } = setUp();
  io.input = ["one\nt", "wo\r\n"];
  void runSend(options, undefined);
  session.emit(WELCOME);
  await tick();
  assertEquals(session.take().slice(1), [{
    type: "send",
    roomId: 1,
    text: "one\ntwo",
  }]);
});

Deno.test("runSend() names each failure by its code and one line", async () => {
  const refused = async (refusal: Refusal) => {
    const { session, io, options } = setUp();
    const code = runSend(options, "hello");
    session.emit({ type: "loginRefused", refusal });
    return [await code, io.errors.split("\n").length];
  };
  assertEquals(await refused({ code: "wrongPassword" }), [2, 2]);
  assertEquals(
    await refused({ code: "serverSilent", host: "h", port: 1 }),
    [3, 2],
  );
});

Deno.test("runSend() tells that the text was refused", async () => {
  const { session, io, options } = setUp();
  const code = runSend(options, "hello");
  session.emit(WELCOME);
  await tick();
  session.emit({
    roomId: 1,
    type: "delivery",
    id: "hello",
    delivery: { state: "refused", reason: { code: "empty" } },
  });
  assertEquals(await code, 2);
  assertEquals(io.errors, "This message is empty.\n");
});

/** The events of a server that lets the script into room 7. */
function letInto(room: string): ClientEvent[] {
  const answer = { type: "joinRoom", roomId: 7 } as const;
  return [
    WELCOME,
    { type: "answer", roomId: 1, questionId: 1, answer },
    { ...WELCOME, roomId: 7, room },
  ];
}

Deno.test("runSend() says a text in another room", async () => {
  const { session, options } = setUp();
  const room = { type: "room", name: "dev" } as const;
  const code = runSend({ ...options, login: { ...LOGIN, room } }, "hello");
  session.emit(...letInto("dev"));
  await tick();
  const send = { type: "send", roomId: 7, text: "hello" } as const;
  assertEquals(session.take().at(-1), send);
  session.emit(stored("hello", 7));
  assertEquals(await code, 0);
});

Deno.test("runSend() and runTail() tell a room that cannot be entered by code 2", async () => {
  for (const type of ["room", "person"] as const) {
    for (const run of [runSend, runTail] as const) {
      const { session, io, options } = setUp();
      const login = { ...LOGIN, room: { type, name: "dev" } };
      const code = run === runSend
        ? runSend({ ...options, login }, "hello")
        : runTail({ ...options, login, json: false });
      const refusal = { code: "noSuchRoom" } as const;
      session.emit(
        WELCOME,
        { type: "unanswered", roomId: 1, questionId: 1, refusal },
      );
      assertEquals(await code, 2);
      const why = type === "room"
        ? "#dev: There is no such room.\n"
        : "@dev: That takes a claimed name: whoever uses it writes /claim.\n";
      assertEquals([io.errors, io.output], [why, ""]);
    }
  }
});

Deno.test("runTail() ends with its room", async () => {
  const { session, io, options } = setUp();
  const room = { type: "room", name: "dev" } as const;
  const login = { ...LOGIN, room };
  const code = runTail({ ...options, login, json: true });
  session.emit(...letInto("dev"), message({ roomId: 7 }));
  session.emit(message(), {
    type: "roomClosed",
    roomId: 7,
    reason: "archived",
  });
  assertEquals(await code, 1);
  const { room: name, roomId } = JSON.parse(io.output);
  assertEquals([name, roomId], ["dev", 7]);
  assertEquals(io.errors, "#dev is over: it was archived.\n");
});

Deno.test("runSend() leaves when it is interrupted", async () => {
  const { session, io, stop, options } = setUp();
  const code = runSend(options, "hello");
  session.emit(WELCOME);
  await tick();
  stop.abort();
  assertEquals(await code, 130);
  assertEquals(session.take().at(-1), { type: "quit" });
  assertEquals(io.errors, "");
});

Deno.test("runTail() prints messages, and notices as errors", async () => {
  const { session, io, stop, options } = setUp();
  const code = runTail({ ...options, json: false });
  session.emit(WELCOME);
  session.emit(
    message({ text: "a\nb" }),
    { type: "joined", roomId: 1, name: "Citra", timeMs: 1 },
    connection("reconnecting"),
    connection("reconnecting", 2),
    connection("online"),
  );
  await tick();
  assertEquals(io.output, "Budi: a\\nb\n");
  assertEquals(io.errors.split("\n").length, 4);
  assertStringIncludes(io.errors, "Connected again.");
  stop.abort();
  assertEquals(await code, 0);
});

Deno.test("runTail() prints every event as JSON if asked to", async () => {
  const { session, io, stop, options } = setUp();
  const code = runTail({ ...options, json: true });
  session.emit(WELCOME);
  session.emit(
    message(),
    { type: "left", roomId: 1, name: "Budi", reason: "lost", timeMs: 1 },
    connection("unresponsive"),
  );
  await tick();
  const types = io.output.trimEnd().split("\n").map((line) =>
    JSON.parse(line).type
  );
  assertEquals(types, ["message", "left", "connection"]);
  assertEquals(io.errors, "");
  stop.abort();
  assertEquals(await code, 0);
});

Deno.test("runTail() ends when nobody reads it", async () => {
  const { session, io, options } = setUp();
  const code = runTail({ ...options, json: false });
  session.emit(WELCOME);
  io.isReaderGone = true;
  session.emit(message());
  assertEquals(await code, 0);
});

Deno.test("runTail() fails when what was said cannot be written", async () => {
  const { session, io, options } = setUp();
  const code = runTail({ ...options, json: false });
  session.emit(WELCOME);
  io.write = () =>
    Promise.reject(new Error("No space left on device (os error 28)"));
  session.emit(message());
  assertEquals(await code, 1);
  assertStringIncludes(io.errors, "written: No space left on device.");
});

Deno.test("runTail() tells that it was put out of the room", async () => {
  const { session, io, options } = setUp();
  const code = runTail({ ...options, json: true });
  session.emit(WELCOME);
  const reason = { code: "removed", reason: "spam" } as const;
  session.emit({ type: "ended", reason });
  assertEquals(await code, 1);
  assertStringIncludes(io.errors, "spam");
});
