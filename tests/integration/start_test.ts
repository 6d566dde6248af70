/**
 * scripts/start.ts runs the tasks of the folder it is started in: here tasks
 * made for the test, so that each way the server and the window can end is seen
 * without either. They write what they do; nothing is timed.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";

const SCRIPT = new URL("../../scripts/start.ts", import.meta.url);

/** Tells its arguments, then runs until it is asked to end. */
const SERVER = `
  Deno.addSignalListener("SIGTERM", () => {
    console.log("goodbye");
    Deno.exit(0);
  });
  console.log("listening", ...Deno.args);
  setInterval(() => {}, 60_000);
`;

const CLIENT = `
  console.log("connecting", ...Deno.args);
  console.error("no display");
  Deno.exit(4);
`;

/** Never ends by itself. */
const WINDOW = `
  Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
  console.log("window");
  setInterval(() => {}, 60_000);
`;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly server?: string;
  readonly client?: string;
  readonly args?: readonly string[];
  /** Once standard output holds this text, start.ts gets a SIGTERM. */
  readonly stopAt?: string;
}

/** Runs start.ts to its end, beside tasks that run the given sources. */
async function runStart(options: Options): Promise<Run> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({
        tasks: {
          server: "deno run --no-config server.js",
          client: "deno run --no-config client.js",
        },
      }),
    );
    const { server = SERVER, client = CLIENT, args = [] } = options;
    await Deno.writeTextFile(`${folder}/server.js`, server);
    await Deno.writeTextFile(`${folder}/client.js`, client);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-run", SCRIPT.href, ...args],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const errors = new Response(process.stderr).text();
    let stdout = "";
    const decoder = new TextDecoderStream();
    for await (const text of process.stdout.pipeThrough(decoder)) {
      const hadIt = stdout.includes(options.stopAt ?? "");
      stdout += text;
      const hasIt = stdout.includes(options.stopAt ?? "");
      if (hasIt && !hadIt) process.kill("SIGTERM");
    }
    const { code } = await process.status;
    return { code, stdout, stderr: await errors };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("start.ts keeps the server when no window opens", async () => {
  const run = await runStart({ stopAt: "client --terminal 127.0.0.1\n" });
  assertStringIncludes(run.stdout, "server | listening\n");
  assertStringIncludes(run.stdout, "client | connecting 127.0.0.1\n");
  assertStringIncludes(run.stdout, "client --browser 127.0.0.1\n");
  assertStringIncludes(run.stdout, "server | goodbye\n");
  assertStringIncludes(run.stderr, "client | no display\n");
  assertEquals(run.code, 0);
});

Deno.test("start.ts ends both when it is asked to", async () => {
  const run = await runStart({ client: WINDOW, stopAt: "client | window" });
  assertEquals(
    run.stdout,
    "server | listening\nclient | window\nserver | goodbye\n",
  );
  assertEquals(run.code, 0);
});

Deno.test("start.ts gives both the port it was given", async () => {
  const run = await runStart({
    args: ["-p", "9000"],
    stopAt: "client --terminal 127.0.0.1 9000\n",
  });
  assertStringIncludes(run.stdout, "server | listening -p 9000\n");
  assertStringIncludes(run.stdout, "client | connecting 127.0.0.1 9000\n");
});

Deno.test("start.ts opens no window for a server that fails", async () => {
  const server = 'console.error("port 8080 is busy"); Deno.exit(1);';
  const run = await runStart({ server });
  assertEquals(run.stdout, "");
  assertStringIncludes(run.stderr, "server | port 8080 is busy\n");
  assertEquals(run.code, 1);
});

Deno.test("start.ts names an argument it does not know", async () => {
  const run = await runStart({ args: ["--quick"] });
  assertStringIncludes(run.stderr, "--quick");
  assertEquals(run.code, 64);
});
