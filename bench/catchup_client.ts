/**
 * Goes into a room, gets what it missed, and leaves. Its argument is a
 * `CatchupOrder` as JSON; it prints `CatchupFigures` as JSON.
 *
 * @module
 */

import { ClientSession } from "../lib/app/client_session.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import type { ClientEvent } from "../lib/ui/bridge.ts";
import { readPeakKib } from "./proc.ts";
import type { CatchupResult } from "./workload.ts";

/** Where to go, and how long to stay. */
export interface CatchupOrder {
  /** The server's port on the loopback interface. */
  readonly port: number;
  /** Where the client keeps its place. */
  readonly dataDir: string;
  /** The last message that was seen before. */
  readonly after: number;
  /** The last message to come. */
  readonly until: number;
}

/** What that took. */
export type CatchupFigures = Omit<
  CatchupResult,
  "type" | "serverBeforeKib" | "serverPeakKib"
>;

const LOGIN_WORKER = new URL("../lib/crypto/login_worker.ts", import.meta.url);

async function main(order: CatchupOrder): Promise<void> {
  const { port, dataDir } = order;
  const session = await ClientSession.create({
    dataDir,
    host: undefined,
    port: undefined,
    clientPort: 0,
    name: undefined,
    loginWorker: LOGIN_WORKER.href,
  });
  const figures = await new Promise<CatchupFigures>((resolve) => {
    const stay = new Stay(order, resolve);
    session.subscribe((event) => stay.handleEvent(event));
    session.handleCommand({
      type: "login",
      host: "127.0.0.1",
      port,
      name: "Ani",
      password: "GAS1",
    });
  });
  session.handleCommand({ type: "quit" });
  await session.finished;
  console.log(JSON.stringify(figures));
}

/** A face that only looks at the clock. */
class Stay {
  readonly #until: number;
  readonly #onEnd: (figures: CatchupFigures) => void;
  readonly #after: number;
  #missed = 0;
  #welcomeUs = 0;
  #screenUs = 0;
  #clientBeforeKib = 0;

  constructor(
    { after, until }: CatchupOrder,
    onEnd: (figures: CatchupFigures) => void,
  ) {
    this.#after = after;
    this.#until = until;
    this.#onEnd = onEnd;
  }

  handleEvent(event: ClientEvent): void {
    if (event.type === "loginRefused") {
      throw new Error(event.refusal.code);
    } else if (event.type === "welcome") {
      this.#welcomeUs = monotonicUs();
      this.#clientBeforeKib = readPeakKib(Deno.pid);
    } else if (event.type === "catchUp" && event.stage === "preview") {
      this.#screenUs = monotonicUs() - this.#welcomeUs;
    } else if (event.type === "message" && event.delivery.state === "stored") {
      this.#count(event.delivery.sequence);
    }
  }

  #count(sequence: number): void {
    // What is left of the stay before is no news.
    if (sequence > this.#after) this.#missed++;
    if (sequence === this.#until) this.#end();
  }

  #end(): void {
    const caughtUpUs = monotonicUs() - this.#welcomeUs;
    this.#onEnd({
      missed: this.#missed,
      screenUs: this.#screenUs || caughtUpUs,
      caughtUpUs,
      clientBeforeKib: this.#clientBeforeKib,
      clientPeakKib: readPeakKib(Deno.pid),
    });
  }
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
