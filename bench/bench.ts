/**
 * `deno task bench`: what our server costs, beside servers that people run.
 * docs/BENCHMARKS.md says what the figures mean.
 *
 * @module
 */

import { type BenchOptions, HELP, readBenchOptions } from "./bench_options.ts";
import { measureCatchup } from "./catchup.ts";
import { chooseCores, type Cores } from "./cores.ts";
import { measureEntry } from "./entry.ts";
import { installedPeers, type Peer, PeerLab, PEERS } from "./peers.ts";
import { describeMachine } from "./proc.ts";
import { progressText, reportText } from "./report.ts";
import { measureRoom } from "./room.ts";
import { measureSearch } from "./search.ts";
import { measureStore } from "./store.ts";
import { measureStream } from "./stream.ts";
import { type BenchResult, WORKLOADS } from "./workload.ts";

/** As `sysexits.h` has it. */
const EXIT_USAGE = 64;

async function main(args: readonly string[]): Promise<number> {
  const options = readBenchOptions(args);
  if ("problem" in options) {
    const { problem } = options;
    say(problem === undefined ? HELP : `bench: ${problem}\n\n${HELP}`);
    return problem === undefined ? 0 : EXIT_USAGE;
  }
  if (Deno.build.os !== "linux") {
    say("bench: it reads /proc, so it runs on Linux only");
    return EXIT_USAGE;
  }
  const bench = new Bench(options, await chooseCores());
  await bench.run();
  say(`\n${describeMachine()}\n\n${reportText(bench.results)}`);
  for (const problem of bench.problems) say(`WRONG: ${problem}`);
  return bench.problems.length === 0 ? 0 : 1;
}

/** One call of the program. */
class Bench {
  readonly results: BenchResult[] = [];
  /** Why our server's figures are worth nothing. */
  readonly problems: string[] = [];
  readonly #options: BenchOptions;
  readonly #cores: Cores;

  constructor(options: BenchOptions, cores: Cores) {
    this.#options = options;
    this.#cores = cores;
    if (cores.server === undefined) {
      say("not pinned: that takes two processors and taskset");
    }
  }

  async run(): Promise<void> {
    const peers = await this.#choosePeers();
    const lab = peers.length > 0 ? await PeerLab.open() : undefined;
    if (typeof lab === "string") say(`without peers: ${lab}`);
    await using opened = lab instanceof PeerLab ? lab : undefined;
    for (let round = 0; round < this.#options.rounds; round++) {
      await this.#runOnce(opened, peers);
    }
  }

  async #runOnce(
    lab: PeerLab | undefined,
    peers: readonly Peer[],
  ): Promise<void> {
    const { only, seconds, profileDir } = this.#options;
    const cores = this.#cores;
    if (only.has("entry")) {
      await this.#try("entry", () => measureEntry(cores));
    }
    for (const workload of WORKLOADS) {
      if (!only.has(workload.row)) continue;
      say(`${workload.row}  ${workload.title}`);
      const options = { workload, seconds, cores, profileDir };
      await this.#try(workload.row, () => measureRoom(options));
      if (lab === undefined) continue;
      for (const peer of peers) {
        const result = await lab.measure(peer, options);
        if (typeof result === "string") {
          say(`${workload.row}  ${peer.name}: ${result}`);
          continue;
        }
        this.#keep(result);
        const { wrongDeliveries } = result;
        if (wrongDeliveries > 0) {
          say(`${workload.row}  ${peer.name}: ${wrongDeliveries} wrong`);
        }
      }
    }
    if (only.has("stream")) {
      await this.#try("stream", () => measureStream(cores, seconds));
    }
    if (only.has("store")) {
      await this.#try("store", () => measureStore(seconds));
    }
    if (only.has("search")) {
      await this.#try("search", () => measureSearch());
    }
    if (only.has("catchup")) {
      await this.#try("catchup", () => measureCatchup(cores));
    }
  }

  /** Measures something of ours; what fails is a problem, and the rest goes on. */
  async #try(
    part: string,
    measure: () => Promise<BenchResult>,
  ): Promise<void> {
    try {
      const result = await measure();
      this.#keep(result);
      const wrong = result.type === "room"
        ? result.wrongDeliveries
        : result.type === "stream"
        ? result.wrong
        : 0;
      if (wrong > 0) this.problems.push(`${part}: ${wrong} wrong deliveries`);
    } catch (error) {
      this.problems.push(`${part}: ${error}`);
    }
  }

  #keep(result: BenchResult): void {
    this.results.push(result);
    console.log(JSON.stringify(result));
    say(progressText(result));
  }

  async #choosePeers(): Promise<Peer[]> {
    const { peers: wanted } = this.#options;
    const isWanted = ({ name }: Peer) =>
      wanted === undefined || wanted.some((start) => name.startsWith(start));
    const installed = await installedPeers();
    for (const peer of PEERS.filter(isWanted)) {
      if (!installed.includes(peer)) say(`${peer.name}: no ${peer.command}`);
    }
    return installed.filter(isWanted);
  }
}

function say(text: string): void {
  console.error(text);
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
