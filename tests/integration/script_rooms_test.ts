/**
 * Scripts in rooms besides the default one and in direct talks: the program in
 * processes of its own, and its pipe over a stop, each with a real server.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { type PipeIo, runPipeFace } from "../../lib/ui/pipe_face.ts";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";
import { runClientCommand, ScriptProcess } from "./script_process.ts";

/** Makes a room; gives its number. */
async function createRoom(
  client: TestClient,
  name: string,
  kind: "public" | "private" = "public",
): Promise<number> {
  const query = { type: "createRoom", kind, name } as const;
  const questionId = client.events.length;
  client.session.handleCommand({ type: "ask", roomId: 1, questionId, query });
  const { roomId } = await client.until(
    "roomOpened",
    (event) => event.name === name,
  );
  await client.until("welcome", (event) => event.roomId === roomId);
  return roomId;
}

/** Makes a name one's own. */
async function claim(
  client: TestClient,
  password: string,
): Promise<void> {
  const questionId = client.events.length;
  client.session.handleCommand({
    type: "claim",
    roomId: 1,
    questionId,
    password,
  });
  await client.until("answer", ({ answer }) => answer.type === "claimed");
}

function login(port: number, name: string): string[] {
  return ["--server", `127.0.0.1:${port}`, "--name", name];
}

Deno.test("gas-client send and tail meet in a room of their own, and leave it", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  const roomId = await createRoom(ana, "dev");
  const inDev = (event: { roomId: number }) => event.roomId === roomId;
  await using tail = ScriptProcess.start(
    ["tail", "--json", "--room", "dev", ...login(server.port, "Tail")],
    dataDir.path,
  );
  await ana.until("joined", (event) => inDev(event) && event.name === "Tail");
  ana.send("not for the tail");
  const sent = await runClientCommand(
    ["send", "--room", "#dev", ...login(server.port, "Bel"), "ding"],
    dataDir.path,
  );
  assertEquals([sent.code, sent.stdout, sent.stderr], [0, "", ""]);
  const { author } = await ana.until("message", ({ text }) => text === "ding");
  assertEquals(author, "Bel");
  await ana.until("left", (event) => inDev(event) && event.name === "Bel");
  const told = [];
  for (;;) {
    const { type, room, ...event } = JSON.parse(await tail.line());
    told.push([type, event.roomId, room, event.name ?? event.text]);
    if (type === "left") break;
  }
  assertEquals(told, [
    ["joined", roomId, "dev", "Bel"],
    ["message", roomId, "dev", "ding"],
    ["left", roomId, "dev", "Bel"],
  ]);
  ana.session.handleCommand({
    type: "ask",
    roomId,
    questionId: 99,
    query: { type: "archive" },
  });
  assertEquals(await tail.code, 1);
});

Deno.test("gas-client send and tail say that a room cannot be entered", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  await claim(ana, "Ana's own");
  await createRoom(ana, "secret", "private");
  for (
    const [where, why] of [
      ["--room=nowhere", "#nowhere: There is no such room.\n"],
      ["--room=secret", "#secret: There is no such room.\n"],
      [
        "--to=Ana",
        "@Ana: That takes a claimed name: whoever uses it writes /claim.\n",
      ],
    ] as const
  ) {
    const options = [where, ...login(server.port, "Bel")];
    for (const task of [["send", ...options, "x"], ["tail", ...options]]) {
      const { code, stdout, stderr } = await runClientCommand(
        task,
        dataDir.path,
      );
      assertEquals([code, stdout, stderr], [2, "", why]);
    }
  }
});

Deno.test("gas-client send --to talks with one person, in the same talk each time", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  const ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  {
    await using bel = await TestClient.create(dataDir.path);
    await bel.enter(server.port, "Bel");
    await claim(bel, "Bel's own");
  }
  const send = async (text: string) => {
    const { code, stderr } = await runClientCommand(
      ["send", "--to", "Ana", ...login(server.port, "Bel"), text],
      dataDir.path,
      { env: { GAS_PASSWORD: "Bel's own" } },
    );
    assertEquals([code, stderr], [0, ""]);
  };
  for (const text of ["one", "two"]) {
    await send(text);
    await ana.until("message", (event) => event.text === text);
  }
  const opened = ana.events.filter(({ type }) => type === "roomOpened");
  assertEquals(
    opened.map((event) => event.type === "roomOpened" && event.by),
    ["Bel"],
  );
  const said = ana.events.filter((event) => event.type === "message");
  const talks = new Set(said.map(({ roomId }) => roomId));
  assertEquals(talks.size, 1);
  await ana[Symbol.asyncDispose]();
  await send("while Ana is away");
  await using again = await TestClient.create(dataDir.path);
  await again.enter(server.port, "Ana");
  const { roomId } = await again.until(
    "message",
    ({ text }) => text === "while Ana is away",
  );
  assertEquals(talks.has(roomId), true);
});

/** Streams that a test feeds. */
class FedPipe implements PipeIo {
  errors = "";
  #lines: (string | undefined)[];
  #waiting: ((bytes: Uint8Array | undefined) => void) | undefined;

  constructor(...lines: (string | undefined)[]) {
    this.#lines = lines;
  }

  read(): Promise<Uint8Array | undefined> {
    if (this.#lines.length === 0) {
      return new Promise((resolve) => this.#waiting = resolve);
    }
    return Promise.resolve(encode(this.#lines.shift()));
  }

  feed(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#lines.push(line);
    else waiting(encode(line));
  }

  write(): Promise<void> {
    return Promise.resolve();
  }

  writeError(text: string): void {
    this.errors += text;
  }
}

function encode(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

/** Starts the pipe in room `dev`; `until` waits for what its session tells. */
async function startPipe(
  dataDir: string,
  port: number,
  io: PipeIo,
) {
  const client = await TestClient.create(dataDir, { memory: "messages" });
  const { session } = client;
  let listener: (event: ClientEvent) => void = () => {};
  session.subscribe((event) => listener(event));
  const stop = new AbortController();
  const waiting: ((event: ClientEvent) => void)[] = [];
  const exit = runPipeFace({
    session: {
      handleCommand: (command) => session.handleCommand(command),
      subscribe(face) {
        listener = (event) => {
          face(event);
          for (const check of waiting) check(event);
        };
      },
    },
    io,
    language: "en",
    login: { host: "127.0.0.1", port, name: "Pipe", password: "GAS1" },
    room: { type: "room", name: "dev" },
    signal: stop.signal,
  });
  const next = (condition: (event: ClientEvent) => boolean) =>
    new Promise<void>((resolve) =>
      waiting.push((event) => {
        if (condition(event)) resolve();
      })
    );
  return { exit, stop: () => stop.abort(), next, session };
}

Deno.test("a pipe in a room sends what was not sent when it starts again, once", async () => {
  await using dataDir = await makeDataDir();
  const server = await startTestServer(dataDir.path);
  const { port } = server;
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(port, "Ana");
  const roomId = await createRoom(ana, "dev");
  const io = new FedPipe("one\n");
  const first = await startPipe(dataDir.path, port, io);
  await ana.until("message", ({ text }) => text === "one");
  const isGone = first.next(({ type }) => type === "connection");
  await server.running.stop();
  await isGone;
  const isQueued = first.next((event) =>
    event.type === "message" && event.text === "two"
  );
  io.feed("two\n");
  await isQueued;
  first.stop();
  assertEquals(await first.exit, 130);
  assertStringIncludes(io.errors, "1 line");
  await first.session.finished;
  await using _again = await startTestServer(dataDir.path, { port });
  const second = await startPipe(
    dataDir.path,
    port,
    new FedPipe("three\n", undefined),
  );
  assertEquals(await second.exit, 0);
  await second.session.finished;
  await ana.until("message", ({ text }) => text === "three");
  const said = ana.events.flatMap((event) =>
    event.type === "message" ? [[event.roomId, event.text]] : []
  );
  assertEquals(said, ["one", "two", "three"].map((text) => [roomId, text]));
});
