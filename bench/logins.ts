/**
 * Logs in with the password again and again. Its argument is a `LoginOrder` as
 * JSON; it prints `LoginFigures` as JSON.
 *
 * @module
 */

import { runInLoginWorker } from "../lib/crypto/login_task.ts";
import { loadOpaque } from "../lib/crypto/opaque.ts";
import { loadSodium } from "../lib/crypto/sodium.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../lib/net/udp_driver.ts";
import { UdpSocket } from "../lib/net/udp_socket.ts";
import { Histogram } from "./histogram.ts";
import { readCpu } from "./proc.ts";
import {
  type LoginSteps,
  RoomMember,
  type RoomMemberOptions,
} from "./room_member.ts";
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
    start: (password) => opaque.startClientLogin(password),
    finish: (options, give) => {
      const task = { type: "finishClientLogin", options } as const;
      void runInLoginWorker(LOGIN_WORKER, task).then(give);
    },
  };
  const connect = new Histogram();
  let before = 0;
  for (let i = 0; i <= logins; i++) {
    const us = await logIn({ crypto, login, name: `member ${i}` }, port);
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

/** Enters the room and leaves it. @returns How long the entering took. */
async function logIn(
  who: Pick<RoomMemberOptions, "crypto" | "login" | "name">,
  port: number,
): Promise<number> {
  const welcome = Promise.withResolvers<number>();
  const member = new RoomMember({
    ...who,
    onWelcome: welcome.resolve,
    onEvent: () => {},
    onActive: () => void driver.wake(),
  });
  const driver = new UdpDriver({
    endpoint: member.endpoint,
    sockets: [UdpSocket.bind({ hostname: "127.0.0.1", port: 0 })],
    nowUs: monotonicUs,
    onEvent: (event) => member.handleEvent(event),
    onError: (error) => {
      throw error;
    },
  });
  member.connect(port);
  const us = await welcome.promise;
  member.quit();
  await driver[Symbol.asyncDispose]();
  return us;
}

function cpuSeconds(pid: number): number {
  const { user, system } = readCpu(pid);
  return user + system;
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
