import { assert, assertEquals } from "@std/assert";
import { completionAt } from "../../../lib/ui/completion.ts";
import type { PeopleCommand } from "../../../lib/ui/people_command.ts";
import { SLASH_COMMANDS, usageOf } from "../../../lib/ui/slash_command.ts";
import { readLine } from "./read_line.ts";

const BAN = { type: "ban", reason: "", seconds: 0 } as const;

const LINES: readonly (readonly [string, PeopleCommand])[] = [
  ["/nick Ani Wijaya", { type: "nick", name: "Ani Wijaya" }],
  ['/nick "Ani Wijaya"', { type: "nick", name: "Ani Wijaya" }],
  ["/away", { type: "away", text: "" }],
  ["/away at  lunch", { type: "away", text: "at  lunch" }],
  ["/profile", { type: "profile", text: "" }],
  ["/profile Kelas 7B", { type: "profile", text: "Kelas 7B" }],
  ["/release", { type: "release" }],
  ["/owner ABCD-EFGH", { type: "owner", code: "ABCD-EFGH" }],
  ["/role Budi moderator", { type: "role", name: "Budi", role: "moderator" }],
  ['/role "Ani Wijaya" Member', {
    type: "role",
    name: "Ani Wijaya",
    role: "member",
  }],
  ["/role @Ani Wijaya anggota", {
    type: "role",
    name: "Ani Wijaya",
    role: "member",
  }],
  ["/kick Budi", { type: "kick", name: "Budi", reason: "" }],
  ['/kick "Ani Wijaya" too  loud', {
    type: "kick",
    name: "Ani Wijaya",
    reason: "too  loud",
  }],
  ["/ban Budi", { ...BAN, kind: "name", value: "Budi" }],
  ['/ban "Ani Wijaya" 2h spam', {
    ...BAN,
    kind: "name",
    value: "Ani Wijaya",
    reason: "spam",
    seconds: 7_200,
  }],
  ["/ban Budi 10 times spam", {
    ...BAN,
    kind: "name",
    value: "Budi",
    reason: "10 times spam",
  }],
  ["/ban 192.0.2.7 1d", {
    ...BAN,
    kind: "address",
    value: "192.0.2.7",
    seconds: 86_400,
  }],
  ["/ban 2001:db8::/48", { ...BAN, kind: "network", value: "2001:db8::/48" }],
  ['/ban "192.0.2.7"', { ...BAN, kind: "name", value: "192.0.2.7" }],
  ['/ban address:"Ani Wijaya" 30s', {
    ...BAN,
    kind: "address",
    value: "Ani Wijaya",
    seconds: 30,
  }],
  ["/unban Ani Wijaya", { type: "unban", kind: "name", value: "Ani Wijaya" }],
  ["/unban 192.0.2.0/24", {
    type: "unban",
    kind: "network",
    value: "192.0.2.0/24",
  }],
  ['/unban "192.0.2.7"', { type: "unban", kind: "name", value: "192.0.2.7" }],
  ["/bans", { type: "bans" }],
  ["/mute Budi 10M", { type: "mute", name: "Budi", seconds: 600 }],
  ['/mute "Ani Wijaya" 1d', {
    type: "mute",
    name: "Ani Wijaya",
    seconds: 86_400,
  }],
  ["/unmute Ani Wijaya", { type: "mute", name: "Ani Wijaya", seconds: 0 }],
  ["/lock", { type: "lock", isOn: true }],
  ["/unlock", { type: "lock", isOn: false }],
  ["/slow 30", { type: "slow", seconds: 30 }],
  ["/slow 0", { type: "slow", seconds: 0 }],
  ["/slow 1m", { type: "slow", seconds: 60 }],
  ["/audit", { type: "audit", before: 0 }],
  ["/audit before:120", { type: "audit", before: 120 }],
];

for (const [line, request] of LINES) {
  Deno.test(`readTypedLine() reads ${JSON.stringify(line)}`, () => {
    assertEquals(readLine(line), { type: "people", request });
  });
}

Deno.test("readTypedLine() takes no password behind /claim", () => {
  assertEquals(readLine("/claim"), { type: "claim" });
  assertEquals(readLine("/claim secret").type, "usage");
});

Deno.test("readTypedLine() reads /quit", () => {
  assertEquals(readLine("/quit"), { type: "quit" });
  assertEquals(readLine("/quit now").type, "usage");
});

Deno.test("readTypedLine() says how a command about people goes", () => {
  for (
    const [line, usage] of [
      ["/nick", "/nick name"],
      ['/nick ""', "/nick name"],
      ["/release now", "/release"],
      ["/owner", "/owner code"],
      ["/owner two words", "/owner code"],
      ["/role Budi", "/role name role"],
      ["/role Budi owner", "/role name role"],
      ["/role moderator", "/role name role"],
      ["/kick", "/kick name [why]"],
      ['/kick "Budi', "/kick name [why]"],
      ["/ban", "/ban who [10m] [why]"],
      ["/ban address:", "/ban who [10m] [why]"],
      ["/ban Budi 0m", "/ban who [10m] [why]"],
      ["/ban Budi 99999d", "/ban who [10m] [why]"],
      ["/unban", "/unban who"],
      ["/bans all", "/bans"],
      ["/mute Budi", "/mute name 10m"],
      ["/mute Budi 10", "/mute name 10m"],
      ["/mute Budi 0m", "/mute name 10m"],
      ["/mute Budi 99d", "/mute name 10m"],
      ["/mute 10m", "/mute name 10m"],
      ["/unmute", "/unmute name"],
      ["/lock it", "/lock"],
      ["/unlock it", "/unlock"],
      ["/slow", "/slow seconds"],
      ["/slow down", "/slow seconds"],
      ["/slow 3601", "/slow seconds"],
      ["/slow 2h", "/slow seconds"],
      ["/audit all", "/audit [before:N]"],
      ["/audit before:0", "/audit [before:N]"],
    ] as const
  ) {
    const typed = readLine(line);
    assert(typed.type === "usage", line);
    assertEquals(usageOf("en", typed.command), usage);
  }
});

Deno.test("completionAt() offers people where a command about them wants one", () => {
  const people = ["Ani Wijaya", "Budi"];
  const complete = (line: string) =>
    completionAt(line, line.length, {
      commands: SLASH_COMMANDS,
      people,
      rooms: [],
    })?.candidates.map(({ text }) => text);
  assertEquals(complete("/mute an"), ['"Ani Wijaya" ']);
  assertEquals(complete("/kick @b"), ["Budi "]);
  assertEquals(complete("/unmute an"), ["Ani Wijaya"]);
  assertEquals(complete("/mute Budi "), undefined);
  assertEquals(complete("/unl"), ["/unlock"]);
});
