/**
 * Logs in with the password again and again. Its argument is a `LoginOrder` as
 * JSON; it prints `LoginFigures` as JSON.
 *
 * @module
 */

import { runInLoginWorker } from "../lib/crypto/login_task.ts";
import { loadOpaque } from "../lib/crypto/opaque.ts";
import { loadSodium } from "../lib/crypto/sodium.ts";
import { Histogram } from "./histogram.ts";
import { readCpu } from "./proc.ts";
import { type LoginSteps, RoomClient } from "./room_client.ts";
import type { EntryResult } from "./workload.ts";

/** Whom to log in to, and how often. */
export interface LoginOrder {
  /** The server's process. */
  readonly pid: number;
  /** The server's port on the loopback interface. */
  readonly port: number;
  /** How many logins. */
  readonly logins: number;
}

/** What that took. */
export type LoginFigures = Pick<
  EntryResult,
  "connectUs" | "serverCpuUsPerLogin"
>;

const LOGIN_WORKER = new URL("../lib/crypto/login_worker.ts", import.meta.url);

async function main({ pid, port, logins }: LoginOrder): Promise<void> {
  const [crypto, opaque] = await Promise.all([loadSodium(), loadOpaque()]);
  const login: LoginSteps = {
    startLogin: (password) => opaque.startClientLogin(password),
    finish: (options) =>
      runInLoginWorker(LOGIN_WORKER, { type: "finishClientLogin", options }),
  };
  const connect = new Histogram();
  let before = 0;
  for (let i = 0; i <= logins; i++) {
    const name = `member ${i}`;
    await using client = new RoomClient({
      crypto,
      login,
      name,
      onEvent: () => {},
    });
    const us = await client.connect({ hostname: "127.0.0.1", port });
    // The first one finds everything cold, at both ends.
    if (i === 0) before = cpuSeconds(pid);
    else connect.add(us);
  }
  const figures: LoginFigures = {
    connectUs: connect.percentiles(),
    serverCpuUsPerLogin: (cpuSeconds(pid) - before) * 1_000_000 / logins,
  };
  console.log(JSON.stringify(figures));
  Deno.exit();
}

function cpuSeconds(pid: number): number {
  const { user, system } = readCpu(pid);
  return user + system;
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
