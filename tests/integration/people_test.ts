/** What people are to a server and to each other, over real sockets. */

import { assert, assertEquals } from "@std/assert";
import type { Answer, Query } from "../../lib/chat/request.ts";
import { makeOwner } from "../../lib/store/people_file.ts";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import {
  startTestServer,
  TestClient,
  type TestServer,
} from "./chat_fixture.ts";

let questions = 0;

/** Asks, and waits for the answer, or why there is none. */
async function ask(
  client: TestClient,
  query: Query,
  roomId = 1,
): Promise<Answer | { readonly type: "refused"; readonly code: string }> {
  const questionId = ++questions;
  client.session.handleCommand({ type: "ask", roomId, questionId, query });
  return await answerOf(client, questionId);
}

/** Gives the own name a password. */
async function claim(client: TestClient, password: string, roomId = 1) {
  const questionId = ++questions;
  client.session.handleCommand({
    type: "claim",
    roomId,
    questionId,
    password,
  });
  return await answerOf(client, questionId);
}

async function answerOf(client: TestClient, questionId: number) {
  return await Promise.race([
    client.until("answer", (event) => event.questionId === questionId)
      .then(({ answer }) => answer),
    client.until("unanswered", (event) => event.questionId === questionId)
      .then(({ refusal: { code } }) => ({ type: "refused", code } as const)),
  ]);
}

const DONE = { type: "done" } as const;

/** A server, and clients with a data folder each. */
class House implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly #clients: TestClient[] = [];
  #server: TestServer | undefined;

  get port(): number {
    return this.#server!.port;
  }

  get ownerCode(): string | undefined {
    return this.#server!.running.ownerCode;
  }

  get database(): string {
    return dataFilePath(`${this.#folder}/server`, "history");
  }

  async start(port = 0): Promise<void> {
    Deno.mkdirSync(`${this.#folder}/server`, { recursive: true });
    this.#server = await startTestServer(`${this.#folder}/server`, { port });
  }

  async restart(): Promise<void> {
    const { port } = this;
    await this.#server![Symbol.asyncDispose]();
    await this.start(port);
  }

  async client(): Promise<TestClient> {
    const folder = `${this.#folder}/client ${this.#clients.length}`;
    Deno.mkdirSync(folder);
    const client = await TestClient.create(folder);
    this.#clients.push(client);
    return client;
  }

  async enter(name: string, password?: string): Promise<TestClient> {
    const client = await this.client();
    await client.enter(this.port, name, password);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((one) => one[Symbol.asyncDispose]()));
    await this.#server?.[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test("a claimed name is its holder's, on all devices and over a restart", async () => {
  await using house = new House();
  await house.start();
  const ani = await house.enter("Ani");
  const budi = await house.enter("Budi");
  assertEquals(await claim(ani, "secret"), { type: "claimed", accountId: 1 });
  const changed = await budi.until("memberChanged");
  assertEquals([changed.newName, changed.role], ["Ani", "member"]);
  // At once on a second device, with the new password only.
  const second = await house.client();
  const wrong = await second.refusedLogin(house.port, "Ani", "GAS1");
  assertEquals(wrong.code, "wrongPassword");
  await second.enter(house.port, "ANI", "secret");
  second.send("from the desk");
  const own = await ani.until(
    "message",
    ({ text }) => text === "from the desk",
  );
  assertEquals([own.author, own.own], ["Ani", true]);
  // Whoever is in comes back by ticket, and the others by password.
  await house.restart();
  for (const client of [ani, second, budi]) {
    await client.until(
      "connection",
      ({ connection }) => connection.state === "online",
    );
  }
  const third = await house.client();
  const stranger = await third.refusedLogin(house.port, "Ani", "GAS1");
  assertEquals(stranger.code, "wrongPassword");
  await third.enter(house.port, "Ani", "secret");
  // Another password: the old one is nobody's.
  assertEquals(await claim(third, "newer"), { type: "claimed", accountId: 1 });
  const fourth = await house.client();
  const old = await fourth.refusedLogin(house.port, "Ani", "secret");
  assertEquals(old.code, "wrongPassword");
  await fourth.enter(house.port, "Ani", "newer");
  assertEquals(await ask(fourth, { type: "release" }), DONE);
  for (const client of [ani, second, third]) await client.until("ended");
  await (await house.client()).refusedLogin(house.port, "Ani", "newer");
});

Deno.test("people take and claim names in any room", async () => {
  await using house = new House();
  await house.start();
  const ani = await house.enter("Ani");
  const made = { type: "createRoom", kind: "public", name: "Sains" } as const;
  await ask(ani, made);
  const { roomId } = await ani.until("welcome", ({ room }) => room === "Sains");
  assertEquals(await ask(ani, { type: "nick", name: "Anita" }, roomId), DONE);
  assertEquals(await claim(ani, "secret", roomId), {
    type: "claimed",
    accountId: 1,
  });
  const places = ani.events.flatMap((event) =>
    event.type === "answer" ? [event.roomId] : []
  );
  assertEquals(places, [1, roomId, roomId]);
});

Deno.test("an owner, a moderator and their decisions last over a restart", async () => {
  await using house = new House();
  await house.start();
  const ani = await house.enter("Ani");
  const code = house.ownerCode!;
  const own = { type: "owner", code } as const;
  assertEquals(await ask(ani, own), { type: "refused", code: "needsRole" });
  await claim(ani, "secret");
  assertEquals(await ask(ani, own), DONE);
  const citra = await house.enter("Citra");
  await claim(citra, "secret too");
  const promote = { type: "role", name: "citra", role: "moderator" } as const;
  assertEquals(await ask(ani, promote), DONE);
  const budi = await house.enter("Budi");
  const kick = { type: "kick", name: "Budi", reason: "Too loud" } as const;
  assertEquals(await ask(budi, kick), { type: "refused", code: "needsRole" });
  assertEquals(await ask(citra, { ...kick, name: "Ani" }), {
    type: "refused",
    code: "outranked",
  });
  assertEquals(await ask(citra, kick), DONE);
  const { reason } = await budi.until("ended");
  assertEquals(reason, { code: "kicked", by: "Citra", reason: "Too loud" });
  const left = await ani.until("left", ({ name }) => name === "Budi");
  assertEquals(left.reason, "removed");
  // Who was kicked may come back; who is banned may not.
  const dewi = await house.enter("Budi");
  const ban = {
    type: "ban",
    kind: "address",
    value: "Budi",
    reason: "Spam",
    seconds: 3_600,
  } as const;
  assertEquals(await ask(citra, ban), DONE);
  assertEquals((await dewi.until("ended")).reason.code, "banned");
  await house.restart();
  assertEquals(house.ownerCode, undefined);
  const eka = await house.client();
  const wrong = await eka.refusedLogin(house.port, "Eka", "wrong");
  assertEquals(wrong.code, "wrongPassword");
  const refusal = await eka.refusedLogin(house.port, "Eka");
  assert(refusal.code === "banned");
  assertEquals([refusal.by, refusal.reason], ["Citra", "Spam"]);
  // Moderators and owners are in the same house.
  await ani.until(
    "connection",
    ({ connection }) => connection.state === "online",
  );
  const bans = await ask(ani, { type: "bans" });
  assert(bans.type === "bans");
  const [{ kind, value }] = bans.bans as [typeof bans.bans[number]];
  assertEquals([kind, value], ["address", "127.0.0.1"]);
  assertEquals(await ask(ani, { type: "unban", kind, value }), DONE);
  await eka.enter(house.port, "Eka");
  assertEquals(await auditOf(ani), [
    "Ani unban 127.0.0.1",
    "Citra ban 127.0.0.1",
    "Citra kick Budi",
    "Ani setRole Citra",
    "Citra claim Citra",
    "Ani setRole Ani",
    "Ani claim Ani",
  ]);
});

/** Also by pages: what was before the newest entry is the rest. */
async function auditOf(client: TestClient): Promise<string[]> {
  const audit = await ask(client, { type: "audit", before: 0 });
  assert(audit.type === "audit");
  const [newest, ...others] = audit.rows;
  const { auditId: before } = newest!;
  const older = await ask(client, { type: "audit", before });
  assertEquals(older, { ...audit, rows: others });
  return audit.rows.map(({ who, what, whom }) => `${who} ${what} ${whom}`);
}

Deno.test("mute, lock and slow mode say how long to wait; the operator makes an owner meanwhile", async () => {
  await using house = new House();
  await house.start();
  const ani = await house.enter("Ani");
  await claim(ani, "secret");
  // Beside the running server; it knows at the next login.
  assertEquals(makeOwner(house.database, "ani", Date.now()).type, "made");
  const desk = await house.enter("Ani", "secret");
  await ani.until("memberChanged", ({ role }) => role === "owner");
  const budi = await house.enter("Budi");
  const refusalOf = async (text: string) => {
    const from = budi.events.length;
    budi.send(text);
    const { delivery } = await budi.until("delivery", () => true, from);
    return delivery.state === "refused" ? delivery.reason : delivery.state;
  };
  assertEquals(await refusalOf("1"), "stored");
  const mute = { type: "mute", name: "Budi", seconds: 600 } as const;
  assertEquals(await ask(desk, mute), DONE);
  const muted = await refusalOf("2");
  assert(typeof muted === "object" && muted.code === "muted");
  assert(muted.retryAfterSeconds > 590 && muted.retryAfterSeconds <= 600);
  assertEquals(await ask(desk, { ...mute, seconds: 0 }), DONE);
  assertEquals(await ask(desk, { type: "lock", isOn: true }), DONE);
  assertEquals((await budi.until("roomChanged")).isLocked, true);
  assertEquals(await refusalOf("3"), { code: "locked" });
  await house.restart();
  await budi.until(
    "connection",
    ({ connection }) => connection.state === "online",
  );
  assertEquals(await refusalOf("4"), { code: "locked" });
  await ani.until(
    "connection",
    ({ connection }) => connection.state === "online",
  );
  assertEquals(await ask(ani, { type: "lock", isOn: false }), DONE);
  assertEquals(await ask(ani, { type: "slow", seconds: 600 }), DONE);
  assertEquals(await refusalOf("5"), "stored");
  const slow = await refusalOf("6");
  assert(typeof slow === "object" && slow.code === "slowMode");
  assert(slow.retryAfterSeconds > 590);
});

Deno.test("what is read on one device is read on the others, and on a new one after a restart", async () => {
  await using house = new House();
  await house.start();
  const budi = await house.enter("Budi");
  const phone = await house.enter("Ani");
  await claim(phone, "secret");
  const desk = await house.enter("Ani", "secret");
  const talk = await ask(budi, { type: "direct", name: "Ani" });
  assert("roomId" in talk);
  for (const roomId of [1, talk.roomId]) {
    await phone.until("welcome", (event) => event.roomId === roomId);
    await desk.until("welcome", (event) => event.roomId === roomId);
    const isLast = (event: { roomId: number; text: string }) =>
      event.roomId === roomId && event.text === "two";
    for (const text of ["one", "two"]) {
      budi.session.handleCommand({ type: "send", roomId, text });
    }
    await desk.until("message", isLast);
    const { delivery } = await phone.until("message", isLast);
    assert(delivery.state === "stored");
    const { sequence } = delivery;
    phone.session.handleCommand({ type: "read", roomId, sequence });
    const read = await desk.until("read", (event) => event.roomId === roomId);
    assertEquals(read.readSequence, sequence);
  }
  assertEquals(phone.events.filter(({ type }) => type === "read"), []);
  for (const client of [phone, desk]) await client[Symbol.asyncDispose]();
  await house.restart();
  const tablet = await house.enter("Ani", "secret");
  for (const roomId of [1, talk.roomId]) {
    // The welcome of the default room may be faster than the disk.
    const known = await Promise.race([
      tablet.until(
        "welcome",
        (event) => event.roomId === roomId && event.readSequence > 0,
      ),
      tablet.until("read", (event) => event.roomId === roomId),
    ]);
    assertEquals(known.readSequence, 2);
  }
});
