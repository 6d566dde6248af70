import { dataFilePath } from "../lib/store/data_dir.ts";
import type { CatchupFigures, CatchupOrder } from "./catchup_client.ts";
import type { Cores } from "./cores.ts";
import { moduleOf, startServer } from "./entry.ts";
import { PinnedProcess } from "./pinned_process.ts";
import { readPeakKib } from "./proc.ts";
import { append, Talk } from "./talk.ts";
import type { CatchupResult } from "./workload.ts";

/** What the client has seen before it goes away. */
const SEEN = 1_000;
/** What is said meanwhile. */
const MISSED = 100_000;

/** Measures a client that comes back to a room after long. */
export async function measureCatchup(cores: Cores): Promise<CatchupResult> {
  const serverDir = await Deno.makeTempDir({ prefix: "gas-bench-" });
  const clientDir = await Deno.makeTempDir({ prefix: "gas-bench-" });
  try {
    const path = dataFilePath(serverDir, "history");
    const talk = new Talk();
    append(path, talk, SEEN);
    let port: number;
    {
      await using server = await startServer(serverDir, cores);
      ({ port } = server);
      await visit({ port, dataDir: clientDir, after: 0, until: SEEN }, cores);
    }
    append(path, talk, MISSED);
    await using server = await startServer(serverDir, cores, port);
    const { pid } = server.process;
    const serverBeforeKib = readPeakKib(pid);
    const order = {
      port,
      dataDir: clientDir,
      after: SEEN,
      until: SEEN + MISSED,
    };
    const figures = await visit(order, cores);
    const serverPeakKib = readPeakKib(pid);
    const { missed } = figures;
    if (missed !== MISSED) throw new Error(`${missed} messages came`);
    return { type: "catchup", ...figures, serverBeforeKib, serverPeakKib };
  } finally {
    await Deno.remove(serverDir, { recursive: true });
    await Deno.remove(clientDir, { recursive: true });
  }
}

async function visit(
  order: CatchupOrder,
  cores: Cores,
): Promise<CatchupFigures> {
  await using client = new PinnedProcess({
    command: Deno.execPath(),
    args: [
      "run",
      "--allow-all",
      moduleOf("bench/catchup_client.ts"),
      JSON.stringify(order),
    ],
    core: cores.load,
  });
  return JSON.parse(await client.readLine());
}
