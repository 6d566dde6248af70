import { type DeliveryFigures, DeliveryLog } from "./delivery_log.ts";
import type { HostProcess } from "./host_process.ts";
import type { ClientsCommand, ClientsReport } from "./remote_clients.ts";
import { type Host, SERVER_ADDRESS, type TwoHosts } from "./two_hosts.ts";

/** A chat server whose clients are measured. */
export interface ChatProgram {
  /** How tables name it. */
  readonly name: string;
  readonly port: number;
  /** Starts the server. @returns Once it takes clients. */
  start(hosts: TwoHosts, folder: string): Promise<HostProcess>;
  /** The command of a process of clients. */
  clients(folder: string): readonly string[];
}

/** Clients of one process. */
export interface Group {
  readonly process: HostProcess;
  readonly names: readonly string[];
}

/** How long a server may take to start, and clients to enter: both on a busy machine. */
const START_TIMEOUT_MS = 30_000;
/** How often something is looked for. */
const POLL_MS = 20;

const SERVER = new URL("../../server.ts", import.meta.url);
const CHAT_CLIENTS = new URL("./chat_clients.ts", import.meta.url);
const IRC_CLIENTS = new URL("./irc_clients.ts", import.meta.url);
const IRC_PORT = 6667;
const GAS_PORT = 8080;
/** No limit stands in the way, no name is looked up. */
const IRC_SETTINGS = `[Global]
Name = irc.test.local
Info = test
Listen = ${SERVER_ADDRESS}
Ports = ${IRC_PORT}
ServerUID = root
ServerGID = root
MotdPhrase = "hello"
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 600
PongTimeout = 120
[Options]
DNS = no
Ident = no
PAM = no
`;

/** Ours, as users start it. */
export const GAS: ChatProgram = {
  name: "gas-server, UDP",
  port: GAS_PORT,
  start: (hosts, folder) =>
    startServer(hosts, [
      ...deno(SERVER),
      ...[SERVER_ADDRESS, "-p", `${GAS_PORT}`],
      ...["--data", folder, "--language", "en", "--quiet"],
    ], /Ctrl\+C/),
  clients: (folder) => [...deno(CHAT_CLIENTS), folder],
};

/** Debian's ngircd. */
export const NGIRCD: ChatProgram = {
  name: "ngircd, TCP",
  port: IRC_PORT,
  start: async (hosts, folder) => {
    const settings = `${folder}/ngircd.conf`;
    await Deno.writeTextFile(settings, IRC_SETTINGS);
    return await startServer(
      hosts,
      ["ngircd", "--nodaemon", "--config", settings],
      /Now listening/,
    );
  },
  clients: () => deno(IRC_CLIENTS),
};

/** A server with its clients on two hosts, and a log of all they say. */
export class Room {
  readonly log: DeliveryLog = new DeliveryLog();
  readonly #program: ChatProgram;
  readonly #hosts: TwoHosts;
  readonly #folder: string;
  readonly #groups: Group[] = [];
  /** What the server wrote to its terminal. */
  readonly serverLines: string[] = [];

  private constructor(program: ChatProgram, hosts: TwoHosts, folder: string) {
    this.#program = program;
    this.#hosts = hosts;
    this.#folder = folder;
  }

  /** Starts the server. */
  static async open(
    program: ChatProgram,
    hosts: TwoHosts,
    folder: string,
  ): Promise<Room> {
    const room = new Room(program, hosts, folder);
    const server = await program.start(hosts, folder);
    server.onLine = (line) => room.serverLines.push(line);
    return room;
  }

  /** Starts clients in one process, and waits until they are inside. */
  async enter(host: Host, names: readonly string[]): Promise<Group> {
    const process = this.#hosts.start(
      host,
      this.#program.clients(this.#folder),
    );
    const group = { process, names };
    let hasJoined = false;
    process.onLine = (line) => {
      const report: ClientsReport = JSON.parse(line);
      if (report.type === "joined") hasJoined = true;
      else this.log.add(report);
    };
    const { port } = this.#program;
    tell(process, { type: "join", host: SERVER_ADDRESS, port, names });
    await until(() => hasJoined, START_TIMEOUT_MS, `${names} to enter`);
    this.#groups.push(group);
    this.log.members.push(...names);
    return group;
  }

  /** Lets one of the clients send the next message. */
  send(name: string): void {
    const { process } = this.#groups.find(({ names }) => names.includes(name))!;
    const text = this.log.nextText(name);
    tell(process, { type: "send", name, text });
  }

  /** Lets clients send in turn, at a pace, for a number of messages. */
  async talk(
    names: readonly string[],
    options: { messages: number; intervalMs: number },
  ): Promise<void> {
    const startMs = performance.now();
    for (let i = 0; i < options.messages; i++) {
      // By the clock, so that a late timer delays one message and not all.
      await pause(startMs + i * options.intervalMs - performance.now());
      this.send(names[i % names.length]!);
    }
  }

  /** What the server's terminal said of people, without what they said. */
  comingsAndGoings(): string[] {
    return this.serverLines.filter((line) =>
      /\b(joined|left|returned|lost|back)\b/.test(line)
    );
  }

  /** Waits until every member has every message of the others, and what is then on its way in excess has come. */
  async settle(timeoutMs: number): Promise<DeliveryFigures> {
    const { log } = this;
    await until(() => log.isComplete, timeoutMs).catch(() => {});
    await pause(500);
    return log.figures();
  }
}

/** Waits; not at all for less than nothing. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Waits for something, but not for ever. */
export async function until(
  condition: () => boolean,
  timeoutMs: number,
  what = "it",
): Promise<void> {
  const giveUpMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > giveUpMs) {
      throw new Error(`waited ${timeoutMs} ms for ${what} in vain`);
    }
    await pause(POLL_MS);
  }
}

function deno(module: URL): string[] {
  return [Deno.execPath(), "run", "--allow-all", module.pathname];
}

async function startServer(
  hosts: TwoHosts,
  command: readonly string[],
  started: RegExp,
): Promise<HostProcess> {
  const server = hosts.start("server", command);
  let isStarted = false;
  server.onLine = (line) => isStarted ||= started.test(line);
  await until(() => isStarted, START_TIMEOUT_MS, `${command} to start`);
  return server;
}

function tell(process: HostProcess, command: ClientsCommand): void {
  process.writeLine(JSON.stringify(command));
}
