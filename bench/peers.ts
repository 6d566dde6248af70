import { type Cores, isInstalled } from "./cores.ts";
import { PinnedProcess } from "./pinned_process.ts";
import {
  DRAIN_SECONDS,
  MESSAGE_BYTES,
  type RoomResult,
  WARM_UP_SECONDS,
  type Workload,
} from "./workload.ts";

/** A server that people run for much the same. */
export interface Peer {
  /** How tables name it. */
  readonly name: string;
  /** The program. */
  readonly command: string;
  /** Its arguments; `@BENCH@` is the folder with the configurations. */
  readonly args: readonly string[];
  /** The TCP port its configuration names. */
  readonly port: number;
  /** What the load generator is told to speak. */
  readonly protocol: readonly string[];
}

/** All that can be compared with. */
export const PEERS: readonly Peer[] = [
  {
    name: "ngircd",
    command: "/usr/sbin/ngircd",
    args: ["-n", "-f", "@BENCH@/conf/ngircd.conf"],
    port: 16667,
    protocol: ["irc"],
  },
  {
    name: "inspircd",
    command: "/usr/sbin/inspircd",
    args: [
      "--nofork",
      "--nopid",
      "--runasroot",
      "--config",
      "@BENCH@/conf/inspircd.conf",
    ],
    port: 16668,
    protocol: ["irc"],
  },
  {
    name: "mosquitto, QoS 0",
    command: "/usr/sbin/mosquitto",
    args: ["-c", "@BENCH@/conf/mosquitto.conf"],
    port: 11883,
    protocol: ["mqtt", "--qos", "0"],
  },
  {
    name: "mosquitto, QoS 1",
    command: "/usr/sbin/mosquitto",
    args: ["-c", "@BENCH@/conf/mosquitto.conf"],
    port: 11883,
    protocol: ["mqtt", "--qos", "1"],
  },
  {
    name: "nats-server",
    command: "/usr/sbin/nats-server",
    args: ["-c", "@BENCH@/conf/nats.conf"],
    port: 14222,
    protocol: ["nats"],
  },
];

/** The load generator's output, as far as it is used. */
interface FanoutLine {
  readonly error?: string;
  readonly win_s: number;
  readonly deliveries_per_s: number;
  readonly sent: number;
  readonly expected: number;
  readonly delivered: number;
  readonly dups: number;
  readonly reorders: number;
  readonly lat_us: { p50: number; p99: number; max: number };
  readonly server_cpu_s_procstat: number;
  readonly loadgen_util: number;
  readonly noise_s: number;
  readonly steal_s: number;
  readonly rss_start_kb: number;
  readonly rss_joined_kb: number;
  readonly join_s: number;
  readonly seconds: number;
}

/** Where the load generator's source and the configurations may lie. */
const TOOLS = new URL("../../shared/tools/peers/", import.meta.url);
/** How often and how long a server's port is tried. */
const START_POLL_MS = 100;
const START_TIMEOUT_MS = 10_000;

/** The load generator, ready to run, in a folder that goes away. */
export class PeerLab implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Compiles the load generator and fills in the configurations.
   *
   * @returns The laboratory, or what it lacks.
   */
  static async open(): Promise<PeerLab | string> {
    const source = new URL("fanout.c", TOOLS);
    try {
      await Deno.stat(source);
    } catch {
      return `no load generator at ${source.pathname}`;
    }
    if (!await isInstalled("gcc")) return "no gcc for the load generator";
    const lab = new PeerLab(await Deno.makeTempDir({ prefix: "gas-bench-" }));
    await lab.#prepare(source);
    return lab;
  }

  /** Measures a server under one workload. @returns What it gave, or why nothing. */
  async measure(peer: Peer, options: {
    readonly workload: Workload;
    readonly seconds: number;
    readonly cores: Cores;
  }): Promise<RoomResult | string> {
    await using server = new PinnedProcess({
      command: peer.command,
      args: peer.args.map((arg) => arg.replace("@BENCH@", this.#folder)),
      core: options.cores.server,
      cwd: this.#folder,
      isSilent: true,
    });
    if (!await isListening(server, peer.port)) return "it did not start";
    await using load = new PinnedProcess({
      command: `${this.#folder}/fanout`,
      args: fanoutArgs(peer, server.pid, options),
      core: options.cores.load,
    });
    const line: FanoutLine = JSON.parse(await load.readLine());
    if (line.error !== undefined) return line.error;
    return toResult(line, peer, options.workload);
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #prepare(source: URL): Promise<void> {
    const folder = this.#folder;
    for (const name of ["conf", "logs", "run"]) {
      await Deno.mkdir(`${folder}/${name}`);
    }
    for await (const { name } of Deno.readDir(new URL("conf/", TOOLS))) {
      const text = await Deno.readTextFile(new URL(`conf/${name}`, TOOLS));
      await Deno.writeTextFile(
        `${folder}/conf/${name}`,
        text.replaceAll("@BENCH@", folder),
      );
    }
    const gcc = await new Deno.Command("gcc", {
      args: ["-O2", "-w", "-o", `${folder}/fanout`, source.pathname],
    }).output();
    if (!gcc.success) throw new Error(new TextDecoder().decode(gcc.stderr));
  }
}

/** The peers whose program is installed. */
export async function installedPeers(): Promise<Peer[]> {
  const found = await Promise.all(PEERS.map(async (peer) => {
    const isThere = await Deno.stat(peer.command).then(() => true, () => false);
    return isThere ? [peer] : [];
  }));
  return found.flat();
}

async function isListening(
  server: PinnedProcess,
  port: number,
): Promise<boolean> {
  const giveUpMs = performance.now() + START_TIMEOUT_MS;
  while (!server.hasEnded && performance.now() < giveUpMs) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, START_POLL_MS));
  }
  return false;
}

function fanoutArgs(peer: Peer, pid: number, options: {
  readonly workload: Workload;
  readonly seconds: number;
}): string[] {
  const { workload, seconds } = options;
  const { load } = workload;
  const named: Record<string, number> = {
    port: peer.port,
    "server-pid": pid,
    clients: workload.clients,
    senders: workload.senders,
    size: MESSAGE_BYTES,
    seconds,
    warmup: WARM_UP_SECONDS.peers,
    settle: 0,
    idle: workload.idleSeconds,
    drain: DRAIN_SECONDS,
    ...(load.type === "paced"
      ? { rate: load.messagesPerSecond }
      : { rate: 0, window: load.window }),
  };
  return [
    "--proto",
    ...peer.protocol,
    ...Object.entries(named).flatMap((
      [name, value],
    ) => [`--${name}`, `${value}`]),
  ];
}

function toResult(line: FanoutLine, peer: Peer, { row }: Workload): RoomResult {
  return {
    type: "room",
    server: peer.name,
    row,
    seconds: line.win_s,
    deliveries: Math.round(line.deliveries_per_s * line.win_s),
    messages: line.sent,
    latencyUs: line.lat_us,
    serverCpuSeconds: line.server_cpu_s_procstat,
    loadCpuSeconds: line.loadgen_util * line.win_s,
    noiseSeconds: Math.max(0, line.noise_s) + line.steal_s,
    emptyKib: line.rss_start_kb,
    joinedKib: line.rss_joined_kb,
    joinSeconds: line.join_s,
    wrongDeliveries: line.expected - line.delivered + line.dups + line.reorders,
  };
}
