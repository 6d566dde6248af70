import { assert, assertEquals } from "@std/assert";
import {
  MAX_LOGIN_REFUSALS_PER_MINUTE,
  ServerConsole,
  type ServerConsoleNotice,
  type ServerConsoleOptions,
} from "../../../lib/ui/server_console.ts";
import { NOON_MS } from "./fake_session.ts";

function open(
  options: Partial<ServerConsoleOptions> = {},
): { console: ServerConsole; lines: () => string[] } {
  let written = "";
  const console = new ServerConsole({
    write: (text) => written += text,
    language: "en",
    colors: false,
    quiet: false,
    columns: () => undefined,
    timeZone: "UTC",
    ...options,
  });
  const lines = () => {
    const lines = written.split("\n");
    assertEquals(lines.pop(), "");
    written = "";
    return lines;
  };
  return { console, lines };
}

const BANNER = {
  version: "1.2.3",
  port: 8080,
  addresses: ["192.168.1.20", "fe80::1"],
  fingerprint: "ABCD EFGH",
  openRoom: true,
};

const MESSAGE: Extract<ServerConsoleNotice, { type: "message" }> = {
  type: "message",
  sequence: 1,
  author: "Ani",
  style: "plain",
  text: "halo\x1b[2J\n14:31 Budi: palsu",
  timeMs: NOON_MS,
  forwardedTo: 3,
};

function refusal(timeMs = NOON_MS): ServerConsoleNotice {
  const close = { type: "wrongPassword" } as const;
  return { type: "loginRefused", address: "10.0.0.66", close, timeMs };
}

Deno.test("ServerConsole says how guests join and that the room is open", () => {
  const { console, lines } = open();
  console.handleStarted(BANNER);
  assertEquals(lines(), [
    "GAS Chatroom server 1.2.3",
    "",
    "  Listens on  UDP 8080",
    "  Guests type gas-client 192.168.1.20",
    "              gas-client fe80::1",
    "  Server key  ABCD EFGH",
    "  Password    GAS1, the public default: anybody on the network can come in.",
    "              Set your own with --password-file FILE or GAS_PASSWORD.",
    "  To stop     Ctrl+C",
    "",
  ]);
});

Deno.test("ServerConsole says what is done to the network", () => {
  const { console, lines } = open();
  console.handleStarted({ ...BANNER, simulation: "10 % lost" });
  const banner = lines();
  const at = banner.indexOf(
    "  Network     made bad on purpose (--simulate), in each direction:",
  );
  assertEquals(banner[at + 1], "              10 % lost");
});

Deno.test("ServerConsole names the port where guests must", () => {
  const { console, lines } = open();
  console.handleStarted({ ...BANNER, port: 9000, openRoom: false });
  const banner = lines();
  assert(banner.includes("  Guests type gas-client 192.168.1.20 9000"));
  assert(!banner.join().includes("GAS1"));
});

Deno.test("ServerConsole shows who joins, returns and leaves", () => {
  const { console, lines } = open();
  const ani = { name: "Ani\x1b", timeMs: NOON_MS };
  console.handleNotice({ type: "joined", ...ani }, "10.0.0.5");
  console.handleNotice({ type: "joined", ...ani });
  console.handleNotice({ type: "returned", ...ani }, "10.0.0.6");
  console.handleNotice({ type: "left", ...ani, reason: "lost" });
  assertEquals(lines(), [
    "14:30 * Ani␛ joined from 10.0.0.5.",
    "14:30 * Ani␛ joined.",
    "14:30 * Ani␛ is back on a new connection from 10.0.0.6.",
    "14:30 * Ani␛ lost the connection.",
  ]);
});

Deno.test("ServerConsole shows a message and to how many it went", () => {
  const { console, lines } = open();
  console.handleNotice(MESSAGE);
  assertEquals(lines(), [
    "14:30 Ani: halo␛[2J",
    "      14:31 Budi: palsu (forwarded to 3)",
  ]);
});

Deno.test("ServerConsole leaves texts out if it is quiet", () => {
  const { console, lines } = open({ quiet: true });
  console.handleNotice(MESSAGE);
  assertEquals(lines(), [
    "14:30 * message from Ani (26 characters) forwarded to 3",
  ]);
});

Deno.test("ServerConsole shows a refused message without its text", () => {
  const { console, lines } = open();
  const refusal = { code: "tooFast", retryAfterSeconds: 1 } as const;
  console.handleNotice({
    type: "messageRefused",
    author: "Ani",
    refusal,
    timeMs: NOON_MS,
  });
  assertEquals(lines(), ["14:30 * Something of Ani was refused: too fast."]);
});

Deno.test("ServerConsole shows a refused login by its address", () => {
  const { console, lines } = open();
  console.handleNotice(refusal());
  assertEquals(lines(), [
    "14:30 * Login from 10.0.0.66 refused: wrong password.",
  ]);
});

Deno.test("ServerConsole does not let refused logins flood the screen", () => {
  const { console, lines } = open();
  for (let i = 0; i < 1000; i++) console.handleNotice(refusal());
  const shown = lines();
  assertEquals(shown.length, MAX_LOGIN_REFUSALS_PER_MINUTE);
  assert(shown.at(-1)?.includes("More logins were refused."));
  console.handleNotice(refusal(NOON_MS + 60_000));
  assertEquals(lines().length, 1);
});

Deno.test("ServerConsole wraps at the terminal's width", () => {
  const { console, lines } = open({ columns: () => 21 });
  console.handleNotice({ ...MESSAGE, text: "one two three" });
  assertEquals(lines(), [
    "14:30 Ani: one two",
    "      three (forwarded to 3)",
  ]);
});

Deno.test("ServerConsole leaves rows alone where no width is known", () => {
  for (const columns of [undefined, 0]) {
    const { console, lines } = open({ columns: () => columns });
    console.handleNotice({ ...MESSAGE, text: "x ".repeat(500) + "y" });
    assertEquals(lines().length, 1);
  }
});

Deno.test("ServerConsole uses colors only where they are wanted", () => {
  for (const colors of [false, true]) {
    const { console, lines } = open({ colors });
    console.handleStarted(BANNER);
    console.handleNotice({ ...MESSAGE, text: "halo" });
    console.handleStopping();
    assertEquals(lines().join().includes("\x1b"), colors && !Deno.noColor);
  }
});

Deno.test("ServerConsole speaks Indonesian", () => {
  const { console, lines } = open({ language: "id" });
  console.handleStarted(BANNER);
  console.handleNotice({ ...MESSAGE, text: "halo" });
  console.handleNotice(refusal());
  console.handleStopping();
  assertEquals(lines().slice(1), [
    "",
    "  Menerima di UDP 8080",
    "  Tamu ketik  gas-client 192.168.1.20",
    "              gas-client fe80::1",
    "  Kunci       ABCD EFGH",
    "  Password    GAS1, bawaan yang diketahui umum: siapa pun di jaringan bisa masuk.",
    "              Ganti dengan --password-file FILE atau GAS_PASSWORD.",
    "  Berhenti    Ctrl+C",
    "",
    "14:30 Ani: halo (diteruskan ke 3)",
    "14:30 * Login dari 10.0.0.66 ditolak: password salah.",
    "* Server berhenti. Semua orang di ruang diberi tahu.",
  ]);
});

Deno.test("ServerConsole shows what somebody changed, without its text if it is quiet", () => {
  const change: ServerConsoleNotice = {
    type: "change",
    sequence: 9,
    author: "Ani",
    act: { type: "edit", target: 7, text: "new" },
    timeMs: NOON_MS,
  };
  const open_ = open();
  open_.console.handleNotice(change);
  assertEquals(open_.lines(), ["14:30 * Ani edited message 7: new"]);
  const quiet = open({ quiet: true });
  quiet.console.handleNotice(change);
  assertEquals(quiet.lines(), ["14:30 * Ani changed something"]);
});
