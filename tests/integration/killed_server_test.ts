import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ClientSession } from "../../lib/app/client_session.ts";
import { Prng } from "../../lib/base/prng.ts";
import type { DeliveryState } from "../../lib/chat/chat_client_event.ts";
import type { LogEvent } from "../../lib/chat/room_log.ts";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { textOf } from "../unit/chat/event_text.ts";
import { makeDataDir } from "./chat_fixture.ts";
import { readLog } from "./server_log.ts";
import { ServerProcess } from "./server_process.ts";
import { Watch } from "./watch.ts";

/** How often the server is killed; docs/TESTING.md has the long run. */
const ROUNDS = Number(Deno.env.get("GAS_KILL_ROUNDS") ?? 3);
/** Where the kills fall; said with every failure. */
const SEED = Number(Deno.env.get("GAS_KILL_SEED") ?? 1);
const NAMES = ["Ana", "Budi", "Citra"];
/** Messages of a client on their way at a time, so that each kill finds some. */
const WINDOW = 10;

/**
 * Goal: what the server has acknowledged survives its sudden death, once, at
 * its place, for everybody.
 *
 * Method: real clients write without a pause to a real server, which is killed
 * again and again after a random number of acknowledgements; every other time
 * while its disk does not answer, so that there is something to lose. At the
 * end the database and what every client has shown are compared.
 */
Deno.test(`what a server killed ${ROUNDS} times has acknowledged is there once, in one order (seed ${SEED})`, async () => {
  await using dataDir = await makeDataDir();
  const prng = new Prng(SEED);
  await using running = new AsyncDisposableStack();
  let server = await ServerProcess.start(dataDir.path);
  running.defer(() => server[Symbol.asyncDispose]());
  const { port } = server;
  const talkers: Talker[] = [];
  for (const name of NAMES) {
    const talker = await Talker.create(`${dataDir.path}/${name}`, name);
    talkers.push(running.use(talker));
    await talker.enter(port);
  }
  for (let round = 0; round < ROUNDS; round++) {
    await untilAcknowledged(talkers, prng.between(1, 60));
    if (round % 2 === 0) await server.kill();
    else await killWhileWriting(server, dataDir.path);
    server = await ServerProcess.start(dataDir.path, { port });
  }
  await Promise.all(talkers.map((talker) => talker.finish()));
  await Promise.all(talkers.map((talker) => talker.untilSeen(lastOf(talkers))));
  await running.disposeAsync();
  compare(readLog(dataDir.path), talkers);
});

/** Some round trips on loopback, and less than a server waits for a lock. */
const STALL_MS = 100;

/** A client that writes on as soon as something of it is acknowledged. */
class Talker implements AsyncDisposable {
  readonly name: string;
  /** What it wrote, in this order. */
  readonly written: string[] = [];
  /** What the server has acknowledged: sequence numbers by text. */
  readonly acknowledged = new Map<string, number>();
  /** What was shown, in this order. */
  readonly shown: { sequence: number; author: string; text: string }[] = [];
  /** Events that say that something was lost. */
  readonly losses: ClientEvent[] = [];
  readonly #session: ClientSession;
  readonly #own = new Map<string, string>();
  readonly #watch: Watch;
  #isIn = false;
  #hasFinished = false;

  private constructor(name: string, session: ClientSession) {
    this.name = name;
    this.#watch = new Watch(name);
    this.#session = session;
    session.subscribe((event) => {
      this.#handleEvent(event);
      this.#watch.look();
    });
  }

  static async create(dataDir: string, name: string): Promise<Talker> {
    Deno.mkdirSync(dataDir);
    const session = await ClientSession.create({
      dataDir,
      host: undefined,
      port: undefined,
      clientPort: 0,
      name: undefined,
      loginWorker:
        new URL("../../lib/crypto/login_worker.ts", import.meta.url).href,
    });
    return new Talker(name, session);
  }

  /** Logs in and begins to write. */
  async enter(port: number): Promise<void> {
    const { name } = this;
    const host = "127.0.0.1";
    this.#session.handleCommand({
      type: "login",
      host,
      port,
      name,
      password: "GAS1",
    });
    await this.until(() => this.#isIn);
    for (let i = 0; i < WINDOW; i++) this.#write();
  }

  /** Writes no more, and waits until all of it is acknowledged. */
  async finish(): Promise<void> {
    this.#hasFinished = true;
    await this.until(() => this.acknowledged.size === this.written.length);
  }

  /** Waits until it has shown a message. */
  untilSeen(sequence: number): Promise<void> {
    return this.until(() => (this.shown.at(-1)?.sequence ?? 0) >= sequence);
  }

  /** Waits until events have made something true. */
  until(condition: () => boolean): Promise<void> {
    return this.#watch.until(condition);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.handleCommand({ type: "quit" });
    await this.#session.finished;
  }

  #write(): void {
    const text = `${this.name} ${this.written.length}`;
    this.written.push(text);
    this.#session.handleCommand({ type: "send", roomId: 1, text });
  }

  #handleEvent(event: ClientEvent): void {
    switch (event.type) {
      case "message":
        if (event.own) this.#own.set(event.id, event.text);
        this.#show(event.author, event.text, event.delivery);
        return;
      case "delivery": {
        const text = this.#own.get(event.id)!;
        this.#show(this.name, text, event.delivery);
        if (event.delivery.state === "stored") {
          this.acknowledged.set(text, event.delivery.sequence);
          if (!this.#hasFinished) this.#write();
        }
        return;
      }
      case "ended":
        if (event.reason.code !== "quit") this.losses.push(event);
        return;
      case "gap":
      case "unkept":
      case "loginRefused":
        this.losses.push(event);
        return;
      case "welcome":
        this.#isIn = true;
        return;
      case "loginForm":
      case "loginProgress":
      case "joined":
      case "left":
      case "connection":
        return;
    }
  }

  #show(author: string, text: string, delivery: DeliveryState): void {
    if (delivery.state === "refused") {
      this.losses.push({ type: "delivery", roomId: 1, id: text, delivery });
    }
    if (delivery.state !== "stored") return;
    this.shown.push({ sequence: delivery.sequence, author, text });
  }
}

/** Waits until so many more messages are acknowledged, of all clients together. */
async function untilAcknowledged(
  talkers: readonly Talker[],
  more: number,
): Promise<void> {
  const count = () =>
    talkers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  const wanted = count() + more;
  const isEnough = () => count() >= wanted;
  await Promise.all(talkers.map((talker) => talker.until(isEnough)));
}

/** Kills a server in a commit: its database is locked until it is dead. */
async function killWhileWriting(
  server: ServerProcess,
  dataDir: string,
): Promise<void> {
  const database = new DatabaseSync(dataFilePath(dataDir, "history"));
  try {
    database.exec("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE");
    // So that messages come in. Nothing goes wrong if there are none.
    await new Promise((resolve) => setTimeout(resolve, STALL_MS));
    await server.kill();
  } finally {
    database.close();
  }
}

function lastOf(talkers: readonly Talker[]): number {
  return Math.max(
    ...talkers.flatMap(({ acknowledged }) => [...acknowledged.values()]),
  );
}

function compare(log: readonly LogEvent[], talkers: readonly Talker[]): void {
  assert(log.length >= ROUNDS * NAMES.length, "hardly anything was written");
  const inLog = log.map((event) => ({
    sequence: event.sequence,
    author: event.author,
    text: textOf(event),
  }));
  assertEquals(
    inLog.map(({ sequence }) => sequence),
    inLog.map((_, i) => i + 1),
  );
  for (const { name, written, acknowledged, shown, losses } of talkers) {
    assertEquals(losses, []);
    const own = inLog.filter(({ author }) => author === name);
    assertEquals(own.map(({ text }) => text), written);
    assertEquals(
      own.map(({ sequence }) => sequence),
      written.map((text) => acknowledged.get(text)),
    );
    assertEquals(shown, inLog);
  }
}
