import type { LoadOrder } from "./clients.ts";
import type { Cores } from "./cores.ts";
import { PinnedProcess } from "./pinned_process.ts";
import type { RoomResult, Workload } from "./workload.ts";

/** What to measure our server with. */
export interface RoomOptions {
  /** The traffic. */
  readonly workload: Workload;
  /** The measured window. */
  readonly seconds: number;
  /** Who runs where. */
  readonly cores: Cores;
  /** Folder for a profile of the server, if one is wanted. */
  readonly profileDir: string | undefined;
}

/** Measures our server under one workload. */
export async function measureRoom(options: RoomOptions): Promise<RoomResult> {
  const { workload, seconds, cores, profileDir } = options;
  const profile = profileDir === undefined
    ? []
    : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
  await using server = new PinnedProcess({
    command: Deno.execPath(),
    args: ["run", "--allow-all", ...profile, moduleOf("server.ts")],
    core: cores.server,
  });
  const { port } = JSON.parse(await server.readLine());
  const order: LoadOrder = { workload, seconds, pid: server.pid, port };
  await using clients = new PinnedProcess({
    command: Deno.execPath(),
    args: ["run", "--allow-all", moduleOf("clients.ts"), JSON.stringify(order)],
    core: cores.load,
  });
  return JSON.parse(await clients.readLine());
}

function moduleOf(name: string): string {
  return new URL(name, import.meta.url).href;
}
