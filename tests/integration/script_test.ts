/**
 * The program as shell scripts use it, and the example bot of
 * docs/SCRIPTING.md, each in a process of its own and with a real server.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";
import { UdpRelay } from "./udp_relay.ts";
import { runClientCommand, ScriptProcess } from "./script_process.ts";

const BOT = new URL("../../docs/examples/dice_bot.ts", import.meta.url);

Deno.test("gas-client send says one thing and ends when it is stored", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  const login = ["--server", `127.0.0.1:${server.port}`, "--name", "Bel"];
  const bell = await runClientCommand(
    ["send", ...login, "ding", "dong"],
    dataDir.path,
  );
  assertEquals([bell.code, bell.stdout, bell.stderr], [0, "", ""]);
  const piped = await runClientCommand(["send", ...login, "-"], dataDir.path, {
    stdin: "two\nlines\n",
  });
  assertEquals(piped.code, 0);
  await ana.until("message", ({ text }) => text === "ding dong");
  await ana.until("message", ({ text }) => text === "two\nlines");
  const left = await ana.until("left");
  assertEquals([left.name, left.reason], ["Bel", "quit"]);
});

Deno.test("gas-client send says why it could not", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path, {
    password: "other",
  });
  const address = `127.0.0.1:${server.port}`;
  const send = (env: Record<string, string>, ...args: string[]) =>
    runClientCommand(
      ["send", "--server", address, "--name", "Bel", ...args],
      dataDir.path,
      { env },
    );
  const refused = await send({}, "x");
  assertEquals([refused.code, refused.stderr.split("\n").length], [2, 2]);
  const tooLong = await send({ GAS_PASSWORD: "other" }, "x".repeat(4_001));
  assertEquals([tooLong.code, tooLong.stderr.split("\n").length], [2, 2]);
  assertStringIncludes(tooLong.stderr, "4,000");
  const usage = await runClientCommand(["send", "x"], dataDir.path);
  assertEquals(usage.code, 64);
});

Deno.test("gas-client send tells a server that never answers", async () => {
  await using dataDir = await makeDataDir();
  // Nothing gets to the server behind it.
  await using relay = new UdpRelay(9);
  relay.isCut = true;
  const { port } = relay;
  const { code, stderr } = await runClientCommand(
    ["send", "--server", `127.0.0.1:${port}`, "--name", "Bel", "x"],
    dataDir.path,
  );
  assertEquals([code, stderr.split("\n").length], [3, 2]);
});

Deno.test("gas-client tail --json goes on after the server was away, without a gap or a repeat", async () => {
  await using dataDir = await makeDataDir();
  const server = await startTestServer(dataDir.path);
  const { port } = server;
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  for (const text of ["one", "two", "three"]) ana.send(text);
  await ana.until(
    "delivery",
    ({ delivery }) => delivery.state === "stored" && delivery.sequence === 3,
  );
  await using tail = ScriptProcess.start([
    "tail",
    "--json",
    "--history",
    "2",
    "--server",
    `127.0.0.1:${port}`,
    "--name",
    "Tail",
  ], dataDir.path);
  const texts: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const readUntil = async (text: string): Promise<void> => {
    while (texts.at(-1) !== text) {
      const event = JSON.parse(await tail.line());
      lines.push(event);
      if (event.type === "message") texts.push(event.text);
    }
  };
  await readUntil("three");
  ana.send("four");
  await readUntil("four");
  await server.running.stop();
  await using _again = await startTestServer(dataDir.path, { port });
  ana.send("five");
  await readUntil("five");
  assertEquals(texts, ["two", "three", "four", "five"]);
  assertEquals(Object.keys(lines.find(({ text }) => text === "four")!), [
    "type",
    "roomId",
    "sequence",
    "id",
    "author",
    "text",
    "style",
    "replyTo",
    "timeMs",
    "own",
    "earlier",
    "room",
  ]);
  const { code } = await tail.stop("SIGINT");
  assertEquals(code, 0);
});

Deno.test("gas-client tail ends with whoever reads it", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  await using tail = ScriptProcess.start(
    ["tail", "--server", `127.0.0.1:${server.port}`, "--name", "Tail"],
    dataDir.path,
  );
  await ana.until("joined");
  ana.send("a\\b\nc");
  assertEquals(await tail.line(), "Ana: a\\\\b\\nc");
  await tail.closeOutput();
  ana.send("nobody reads this");
  assertEquals(await tail.code, 0);
  const left = await ana.until("left");
  assertEquals(left.reason, "quit");
});

Deno.test("the example bot rolls dice, and not for itself", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  await using bot = ScriptProcess.run(
    BOT,
    [`127.0.0.1:${server.port}`, "Dice"],
    dataDir.path,
  );
  assertEquals(await bot.line(), "Dice is in Room.");
  ana.send("no dice");
  ana.send("2d6");
  const { text } = await ana.until("message", ({ own }) => !own);
  const [, first, second, sum] =
    /^Ana: (\d) \+ (\d) = (\d+)$/.exec(text)?.map(Number) ?? [];
  assert(first! >= 1 && first! <= 6 && second! >= 1 && second! <= 6, text);
  assertEquals(sum, first! + second!);
  const { code } = await bot.stop("SIGINT");
  assertEquals(code, 0);
});
