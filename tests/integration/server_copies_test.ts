import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeDataDir, TestClient } from "./chat_fixture.ts";
import { runServerCommand, ServerProcess } from "./server_process.ts";

/** Says something, and waits until it is stored. */
async function say(
  port: number,
  dataDir: string,
  text: string,
): Promise<void> {
  await using ana = await TestClient.create(dataDir);
  await ana.enter(port, "Ana");
  ana.send(text);
  await ana.until("delivery", ({ delivery }) => delivery.state === "stored");
}

/** What somebody who comes new is shown. */
async function historyOf(port: number, dataDir: string): Promise<string[]> {
  await using budi = await TestClient.create(dataDir);
  await budi.enter(port, "Budi");
  budi.send("that was all");
  await budi.until("delivery", ({ delivery }) => delivery.state === "stored");
  return budi.events.filter((event) => event.type === "message" && !event.own)
    .map((event) => event.type === "message" ? event.text : "");
}

Deno.test("a copy of a running server's history is where the next server goes on", async () => {
  await using folder = await makeDataDir();
  const dataDir = `${folder.path}/server`;
  const copy = `${folder.path}/copy`;
  const common = ["--data", dataDir, "--language", "en"];
  const first = await ServerProcess.start(dataDir);
  await say(first.port, folder.path, "before the copy");
  const backup = await runServerCommand(["backup", copy, ...common]);
  assertEquals([backup.code, backup.stderr], [0, ""]);
  assertStringIncludes(backup.stdout, copy);
  await say(first.port, folder.path, "after the copy");

  const tooEarly = await runServerCommand(["restore", copy, ...common]);
  assertEquals(tooEarly.code, 1);
  assertStringIncludes(tooEarly.stderr, "Stop the server first");
  await first[Symbol.asyncDispose]();

  const restore = await runServerCommand(["restore", copy, ...common]);
  assertEquals([restore.code, restore.stderr], [0, ""]);
  await using second = await ServerProcess.start(dataDir);
  const history = await historyOf(second.port, folder.path);
  assertEquals(history, ["before the copy"]);
});

Deno.test("two servers do not share a data folder", async () => {
  await using folder = await makeDataDir();
  await using _ = await ServerProcess.start(folder.path);
  const args = ["-p", "0", "--data", folder.path, "--language", "id"];
  const { code, stderr } = await runServerCommand(args);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "dipakai gas-server lain");
});
