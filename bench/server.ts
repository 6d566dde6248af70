/**
 * The server that the load is put on: everything of `gas-server` but what would
 * measure something else.
 *
 * - Rate limits are lifted: the closed loops send as fast as they can.
 * - The login has OPAQUE's messages but not its arithmetic, so that a thousand
 *   clients come in within seconds. What a login costs is measured elsewhere.
 * - The terminal's lines are made as with `--quiet` and written to /dev/null.
 *
 * Prints `{"port":...}` once it listens.
 *
 * @module
 */

import {
  DEFAULT_CHAT_LIMITS,
  MAX_MESSAGES_PER_SECOND,
} from "../lib/chat/limits.ts";
import { NO_PEOPLE } from "../lib/chat/people_change.ts";
import { LoginThrottle } from "../lib/chat/login_throttle.ts";
import { STRETCHING_DEFAULT } from "../lib/crypto/opaque.ts";
import { OPAQUE_RECORD_BYTES } from "../lib/crypto/opaque_record.ts";
import { SessionTickets } from "../lib/chat/session_tickets.ts";
import { loadSodium } from "../lib/crypto/sodium.ts";
import { bindServerSockets } from "../lib/net/bind.ts";
import { monotonicUs } from "../lib/net/monotonic_clock.ts";
import { UdpDriver } from "../lib/net/udp_driver.ts";
import { moment } from "../lib/app/moment.ts";
import { randomBytes } from "../lib/app/random_bytes.ts";
import { ServerCore } from "../lib/app/server_core.ts";
import { storeHandlers } from "../lib/app/store_handlers.ts";
import { dataFilePath } from "../lib/store/data_dir.ts";
import { Store } from "../lib/store/store.ts";
import { Endpoint } from "../lib/transport/endpoint.ts";
import { DEFAULT_TRANSPORT_CONFIG } from "../lib/transport/transport_config.ts";
import { ServerConsole } from "../lib/ui/server_console.ts";
import { fakeServerOpaque } from "../tests/sim/fake_opaque.ts";
import { PASSWORD } from "./room_member.ts";

const terminal = Deno.openSync("/dev/null", { write: true });
const encoder = new TextEncoder();
const view = new ServerConsole({
  write: (text) => terminal.writeSync(encoder.encode(text)),
  language: "en",
  colors: false,
  quiet: true,
  columns: () => undefined,
});
const crypto = await loadSodium();
const room = "Benchmark";
const dataDir = await Deno.makeTempDir({ prefix: "gas-bench-" });
/** A bug of ours, or a full disk, spoils the measurement. */
const onError = (error: unknown) => {
  throw error;
};
const store = await Store.open({
  worker: new URL("../lib/store/store_worker.ts", import.meta.url),
  path: dataFilePath(dataDir, "history"),
  room,
  recentEvents: 0,
  retention: { maxAgeMs: undefined, maxBytes: undefined },
  handlers: storeHandlers({
    core: () => core,
    wake: () => void driver.wake(),
    onUnwritable: onError,
    onError,
  }),
});
const core = new ServerCore({
  crypto,
  opaque: fakeServerOpaque(PASSWORD),
  setup: "",
  record: new Uint8Array(OPAQUE_RECORD_BYTES),
  stretching: STRETCHING_DEFAULT,
  serverIdentity: "",
  throttle: new LoginThrottle(monotonicUs()),
  people: NO_PEOPLE,
  ownerCode: undefined,
  tickets: new SessionTickets({
    crypto,
    resetKey: randomBytes(32),
    maskingKey: randomBytes(64),
  }),
  random: randomBytes,
  chat: {
    room,
    log: store.state,
    ...store.rooms,
    openRoom: true,
    limits: {
      ...DEFAULT_CHAT_LIMITS,
      messageBurst: MAX_MESSAGES_PER_SECOND,
      messagesPerSecond: MAX_MESSAGES_PER_SECOND,
    },
  },
  log: store,
  onNotice: (notice, address) => view.handleNotice(notice, address),
});
const sockets = bindServerSockets({ host: "127.0.0.1", port: 0 });
const driver = new UdpDriver({
  endpoint: new Endpoint({
    config: DEFAULT_TRANSPORT_CONFIG,
    crypto,
    random: randomBytes,
    server: { staticSecret: randomBytes(32), resetKey: randomBytes(32) },
  }),
  sockets,
  nowUs: monotonicUs,
  onEvent: (event) => core.handleEvent(event, moment()),
  onError,
});
console.log(JSON.stringify({ port: sockets[0]!.local.port }));
Deno.addSignalListener("SIGTERM", async () => {
  core.stop(moment());
  await driver[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await Deno.remove(dataDir, { recursive: true });
  Deno.exit();
});
