import { HostProcess } from "./host_process.ts";

/** One of the two hosts. */
export type Host = "server" | "client";

/** Where the server is. */
export const SERVER_ADDRESS = "10.77.0.1";
/** Where the client is at first, and where it moves to. */
const CLIENT_ADDRESSES = ["10.77.0.2", "10.77.0.3"] as const;
const PREFIX_BITS = 24;

/**
 * Two hosts and a cable: network namespaces of this machine, made for one test
 * and gone with it. Their addresses exist nowhere else.
 */
export class TwoHosts implements AsyncDisposable {
  readonly #names: Readonly<Record<Host, string>>;
  readonly #processes: HostProcess[] = [];
  #clientAddress: string = CLIENT_ADDRESSES[0];

  private constructor(names: Readonly<Record<Host, string>>) {
    this.#names = names;
  }

  /**
   * What this machine lacks for the tests; undefined for nothing.
   *
   * @returns A few words.
   */
  static async missing(): Promise<string | undefined> {
    if (Deno.build.os !== "linux") return "needs Linux";
    if (Deno.uid() !== 0) return "needs root";
    for (const [command, debian] of [["ip", "iproute2"], ["nft", "nftables"]]) {
      if (!await isInstalled(command!)) return `lacks Debian's ${debian}`;
    }
    try {
      await using hosts = await TwoHosts.create();
      await hosts.setLoss(1);
    } catch (error) {
      return `the kernel lacks a part: ${(error as Error).message}`;
    }
    return undefined;
  }

  /** Makes the hosts and joins them. */
  static async create(): Promise<TwoHosts> {
    const id = crypto.randomUUID().slice(0, 6);
    const names = { server: `gas-${id}-s`, client: `gas-${id}-c` };
    const hosts = new TwoHosts(names);
    try {
      await hosts.#create();
    } catch (error) {
      await hosts[Symbol.asyncDispose]();
      throw error;
    }
    return hosts;
  }

  /** How TCP finds its window on these hosts. */
  async tcpCongestionControl(): Promise<string> {
    const args = ["-n", "net.ipv4.tcp_congestion_control"];
    return (await this.#runOn("server", "sysctl", args)).trim();
  }

  /**
   * Lets each host drop a share of all packets that reach it.
   *
   * @param percent The share.
   */
  async setLoss(percent: number): Promise<void> {
    const rules = `
      flush ruleset
      table inet loss {
        chain input {
          type filter hook input priority 0; policy accept;
          numgen random mod 100 < ${percent} drop
        }
      }`;
    for (const host of ["server", "client"] as const) {
      await this.#runOn(
        host,
        "nft",
        percent === 0 ? ["flush", "ruleset"] : [rules],
      );
    }
  }

  /** Gives the client another address, as another network would. */
  async changeClientAddress(): Promise<void> {
    const old = this.#clientAddress;
    this.#clientAddress = CLIENT_ADDRESSES.find((other) => other !== old)!;
    await this.#address("client", "del", old);
    await this.#address("client", "add", this.#clientAddress);
  }

  /** Pulls the cable at the client's end, or plugs it in again. */
  async setLink(state: "up" | "down"): Promise<void> {
    await this.#link("client", state);
  }

  /** Starts a program on a host. It ends with the hosts. */
  start(host: Host, command: readonly string[]): HostProcess {
    const name = this.#names[host];
    // `ip` becomes the program, so the process ID is the program's.
    const process = new HostProcess(["ip", "netns", "exec", name, ...command]);
    this.#processes.push(process);
    return process;
  }

  /** Ends the programs, then the hosts with all they have. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#processes.map((process) => process[Symbol.asyncDispose]()),
    );
    for (const name of Object.values(this.#names)) {
      // One that could not be made is not there.
      await run("ip", ["netns", "del", name]).catch(() => {});
    }
  }

  async #create(): Promise<void> {
    const { server, client } = this.#names;
    await run("ip", ["netns", "add", server]);
    await run("ip", ["netns", "add", client]);
    const peer = ["peer", "name", "cable", "netns", client];
    await run("ip", [
      ...["link", "add", "cable", "netns", server, "type", "veth"],
      ...peer,
    ]);
    await this.#address("server", "add", SERVER_ADDRESS);
    await this.#address("client", "add", this.#clientAddress);
    for (const host of ["server", "client"] as const) {
      await this.#link(host, "up");
    }
    // Who sits at the server reaches it by its own address.
    await run("ip", ["-n", server, "link", "set", "lo", "up"]);
  }

  async #address(
    host: Host,
    change: "add" | "del",
    address: string,
  ): Promise<void> {
    const name = this.#names[host];
    const full = `${address}/${PREFIX_BITS}`;
    await run("ip", ["-n", name, "address", change, full, "dev", "cable"]);
  }

  async #link(host: Host, state: "up" | "down"): Promise<void> {
    const name = this.#names[host];
    await run("ip", ["-n", name, "link", "set", "cable", state]);
  }

  #runOn(host: Host, command: string, args: string[]): Promise<string> {
    return run("ip", ["netns", "exec", this.#names[host], command, ...args]);
  }
}

/** Whether there is such a program. */
export async function isInstalled(command: string): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: ["-V"] }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args })
    .output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr)}`);
}
