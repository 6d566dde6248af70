import { PinnedProcess } from "./pinned_process.ts";
import { Histogram } from "./histogram.ts";
import type { LoginFigures, LoginOrder } from "./logins.ts";
import { readResidentKib } from "./proc.ts";
import type { Cores } from "./cores.ts";
import type { EntryResult } from "./workload.ts";

/** Starts that are measured; one before them fills Deno's cache. */
const STARTS = 5;
/** Logins that are measured, one after the other. */
const LOGINS = 20;
const ROOT = new URL("../", import.meta.url);

/** Measures `server.ts` as users start it, and logins with its password. */
export async function measureEntry(cores: Cores): Promise<EntryResult> {
  const dataDir = await Deno.makeTempDir({ prefix: "gas-bench-" });
  try {
    const start = new Histogram();
    await (await startServer(dataDir, cores)).process[Symbol.asyncDispose]();
    for (let i = 0; i < STARTS; i++) {
      await using server = await startServer(dataDir, cores);
      start.add(server.startUs);
    }
    await using server = await startServer(dataDir, cores);
    const { pid } = server.process;
    const emptyKib = readResidentKib(pid);
    const order: LoginOrder = { pid, port: server.port, logins: LOGINS };
    await using clients = new PinnedProcess({
      command: Deno.execPath(),
      args: [
        "run",
        "--allow-all",
        moduleOf("bench/logins.ts"),
        JSON.stringify(order),
      ],
      core: cores.load,
    });
    const figures: LoginFigures = JSON.parse(await clients.readLine());
    return {
      type: "entry",
      startUs: start.percentiles(),
      emptyKib,
      ...figures,
    };
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** Runs `server.ts` until it says its port. */
export async function startServer(dataDir: string, cores: Cores, port = 0) {
  const startMs = performance.now();
  const process = new PinnedProcess({
    command: Deno.execPath(),
    args: [
      "run",
      "--allow-all",
      moduleOf("server.ts"),
      "127.0.0.1",
      "--port",
      `${port}`,
      "--data",
      dataDir,
    ],
    core: cores.server,
  });
  let line = await process.readLine();
  const startUs = Math.round((performance.now() - startMs) * 1_000);
  let bound: string | undefined;
  while (bound === undefined) {
    bound = /\bUDP (\d+)/.exec(line)?.[1];
    line = await process.readLine();
  }
  return {
    process,
    startUs,
    port: Number(bound),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** Where a file of the project is. */
export function moduleOf(path: string): string {
  return new URL(path, ROOT).href;
}
