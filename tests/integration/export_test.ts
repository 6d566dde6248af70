import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import { makeDataDir, TestClient } from "./chat_fixture.ts";
import { runServerCommand, ServerProcess } from "./server_process.ts";

/** Says something, and waits until it is stored. */
async function say(port: number, dataDir: string, text: string) {
  await using ana = await TestClient.create(dataDir);
  await ana.enter(port, "Ana");
  ana.send(text);
  await ana.until("delivery", ({ delivery }) => delivery.state === "stored");
}

function linesOf(text: string): Record<string, unknown>[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("gas-server export writes the room of a running and of a stopped server", async () => {
  await using folder = await makeDataDir();
  const dataDir = `${folder.path}/server`;
  const common = ["--data", dataDir, "--language", "en"];
  const server = await ServerProcess.start(dataDir);
  await say(server.port, folder.path, "<script>alert(1)</script>");

  const running = await runServerCommand(["export", "-", ...common]);
  assertEquals([running.code, running.stderr], [0, ""]);
  const [head, message, ...more] = linesOf(running.stdout);
  assertEquals([head?.["format"], head?.["version"]], ["gas-room", 1]);
  assertEquals(message?.["author"], "Ana");
  assertEquals(message?.["text"], "<script>alert(1)</script>");
  assertEquals(more, []);

  await say(server.port, folder.path, "see https://a.example");
  await server[Symbol.asyncDispose]();
  const page = `${folder.path}/room.html`;
  const stopped = await runServerCommand(["export", page, ...common]);
  assertEquals([stopped.code, stopped.stderr], [0, ""]);
  assertStringIncludes(stopped.stdout, "2 messages are in");
  const html = await Deno.readTextFile(page);
  assertEquals(html.includes("<script"), false);
  assertStringIncludes(html, "&lt;script&gt;alert(1)&lt;/script&gt;");
  assertStringIncludes(html, 'href="https://a.example/">https://a.example</a>');

  const again = await runServerCommand(["export", page, ...common]);
  assertEquals([again.code, again.stdout], [1, ""]);
  assertStringIncludes(again.stderr, "exists already");
  assertStringIncludes(again.stderr, "--force");
  const forced = await runServerCommand(["export", page, "--force", ...common]);
  assertEquals(forced.code, 0);
});

Deno.test({
  name: "gas-server export and audit say that their output is full",
  // Where there is a device that always is.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await makeDataDir();
    {
      await using _ = await ServerProcess.start(folder.path);
    }
    const database = new DatabaseSync(dataFilePath(folder.path, "history"));
    database.exec(
      `INSERT INTO audit (time_ms, who, what, whom, detail)
       VALUES (1, 'Ani', 'lock', 'room 1', 'on')`,
    );
    database.close();
    for (const command of [["export", "-"], ["audit"]]) {
      const args = [...command, "--data", folder.path, "--language", "en"];
      const full = await runServerCommand(args, "/dev/full");
      assertEquals(full.code, 1);
      assertStringIncludes(full.stderr, "disk is full: standard output");
    }
  },
});

Deno.test("gas-server export refuses what it cannot do, and says what to do", async () => {
  await using folder = await makeDataDir();
  const common = ["--data", folder.path, "--language", "id"];
  const file = `${folder.path}/room.jsonl`;
  const nothing = await runServerCommand(["export", file, ...common]);
  assertEquals(nothing.code, 1);
  assertStringIncludes(nothing.stderr, "Tidak ada berkas");
  {
    await using _ = await ServerProcess.start(folder.path);
  }
  const room = ["--room", "Gudang"];
  const unknown = await runServerCommand(["export", file, ...room, ...common]);
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.stderr, "Yang ada: GAS Chatroom");
  const format = await runServerCommand(["export", "room.pdf", ...common]);
  assertEquals(format.code, 64);
  assertStringIncludes(format.stderr, ".jsonl atau .html");
  const files = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assertEquals(files.filter((name) => name.startsWith("room")), []);
});

Deno.test("gas-server export ends quietly when whoever reads it has enough", async () => {
  await using folder = await makeDataDir();
  {
    await using server = await ServerProcess.start(folder.path);
    await say(server.port, folder.path, "halo");
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "server.ts", "export", "-"]
      .concat(["--data", folder.path]),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, stderr], [0, ""]);
});
