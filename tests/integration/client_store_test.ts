/** What a client finds when it comes back to a room. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { DeliveryState } from "../../lib/chat/chat_client_event.ts";
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";

Deno.test("a client that comes back shows what it had, and gets only the rest", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using budi = await TestClient.create(dataDir.path);
  await budi.enter(server.port, "Budi");
  {
    await using ana = await TestClient.create(dataDir.path);
    await ana.enter(server.port, "Ana");
    ana.send("mine");
    await ana.until("delivery");
    budi.send("yours");
    await ana.until("message", ({ own }) => !own);
  }
  budi.send("meanwhile");
  await budi.until(
    "delivery",
    ({ delivery }) => delivery.state === "stored" && delivery.sequence === 3,
  );
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  await ana.until("message", ({ text }) => text === "meanwhile");
  assertEquals(messagesOf(ana), [
    ["mine", true, true],
    ["yours", false, true],
    ["meanwhile", false, true],
  ]);
});

Deno.test("a room is shown while its server is away, and what is typed goes out when it is back", async () => {
  await using dataDir = await makeDataDir();
  const first = await startTestServer(dataDir.path);
  const { port } = first;
  {
    await using ana = await TestClient.create(dataDir.path);
    await ana.enter(port, "Ana");
    ana.send("before");
    await ana.until("delivery");
  }
  await first.running.stop();
  await using ana = await TestClient.create(dataDir.path, { memory: "room" });
  await ana.enter(port, "Ana");
  await ana.until(
    "connection",
    ({ connection }) => connection.state === "reconnecting",
  );
  assertEquals(messagesOf(ana), [["before", true, true]]);
  ana.send("into the silence");
  await using _second = await startTestServer(dataDir.path, { port });
  await ana.until(
    "delivery",
    ({ delivery }) => delivery.state === "stored" && delivery.sequence === 2,
  );
  assertEquals(messagesOf(ana), [
    ["before", true, true],
    ["into the silence", true, false],
  ]);
});

Deno.test("a room read without its server shows what its messages have become", async () => {
  await using dataDir = await makeDataDir();
  const server = await startTestServer(dataDir.path);
  const acts: Act[] = [
    plainMessage("first"),
    plainMessage("second"),
    { type: "edit", target: 1, text: "changed" },
    { type: "react", target: 1, emoji: "👍", isOn: true },
    { type: "pin", target: 1, isOn: true },
    { type: "edit", target: 2, text: "worse" },
    { type: "remove", target: 2 },
    { type: "topic", text: "rain" },
  ];
  {
    await using ana = await TestClient.create(dataDir.path);
    await ana.enter(server.port, "Ana");
    const act = (act: Act) =>
      ana.session.handleCommand({ type: "act", roomId: 1, act });
    acts.slice(0, 2).forEach(act);
    // Nothing can be done to what has no place yet.
    await ana.until("delivery", isStoredAt(2));
    acts.slice(2).forEach(act);
    await ana.until("change", ({ sequence }) => sequence === acts.length);
  }
  await server.running.stop();
  await using ana = await TestClient.create(dataDir.path, { memory: "room" });
  await ana.enter(server.port, "Ana");
  await ana.until("connection");
  const { topic } = await ana.until("welcome");
  assertEquals(topic, "rain");
  assertEquals(messagesOf(ana), [["first", true, true], ["", true, true]]);
  const changes = ana.events.flatMap((event) =>
    event.type === "change" ? [event.act] : []
  );
  const erased = { type: "edit", target: 2, text: "" } as const;
  assertEquals(changes, [...acts.slice(2, 5), erased, acts[6]]);
});

Deno.test("clients whose server was put back to an older copy come back as somebody new, and send what waits", async () => {
  await using dataDir = await makeDataDir();
  const { path } = dataDir;
  const first = await startTestServer(path);
  const { port } = first;
  const isStoredAt = (sequence: number) =>
  ({ delivery }: {
    delivery: DeliveryState;
  }) => delivery.state === "stored" && delivery.sequence === sequence;
  await using ana = await TestClient.create(path);
  await ana.enter(port, "Ana");
  ana.send("one");
  await ana.until("delivery", isStoredAt(1));
  await first.running.stop();
  const history = dataFilePath(path, "history");
  Deno.copyFileSync(history, `${history}.copy`);
  const second = await startTestServer(path, { port });
  {
    await using budi = await TestClient.create(path);
    await budi.enter(port, "Budi");
    for (const text of ["2", "3", "4", "5"]) budi.send(text);
    await ana.until("message", ({ text }) => text === "5");
    await budi.until("delivery", isStoredAt(5));
  }
  await second.running.stop();
  Deno.renameSync(`${history}.copy`, history);
  ana.send("two");
  const shown = ana.events.length;
  await using _third = await startTestServer(path, { port });
  await ana.until("delivery", isStoredAt(2));
  // Another log to the faces: they forget what has gone from this one.
  const { epoch } = await ana.until("welcome", () => true, shown);
  assertNotEquals(epoch, (await ana.until("welcome")).epoch);
  await ana.until("message", ({ text, own }) => text === "one" && !own, shown);
  ana.send("three");
  await ana.until("delivery", isStoredAt(3));
  await using budi = await TestClient.create(path);
  await budi.enter(port, "Budi");
  await budi.until("message", ({ text }) => text === "three");
  assertEquals(messagesOf(budi), [
    ["one", false, true],
    ["two", false, true],
    ["three", false, true],
  ]);
});

Deno.test("the second of two clients with the same data chats on without keeping anything", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using first = await TestClient.create(dataDir.path);
  await first.enter(server.port, "Ana");
  await using second = await TestClient.create(dataDir.path);
  // Somebody else to the server, so it does not push the first one out.
  const refusal = await second.refusedLogin(server.port, "ana");
  assertEquals(refusal.code, "nameTaken");
});

Deno.test("a room file that is damaged keeps nobody from chatting, and stays", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  {
    await using ana = await TestClient.create(dataDir.path);
    await ana.enter(server.port, "Ana");
  }
  const rooms = dataFilePath(dataDir.path, "rooms");
  const file = [...Deno.readDirSync(rooms)].find(({ name }) =>
    name.endsWith(".sqlite")
  );
  const path = `${rooms}/${file!.name}`;
  Deno.writeTextFileSync(path, "something else entirely".repeat(100));
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  const { why } = await ana.until("unkept");
  assertEquals(why, "damaged");
  ana.send("still here");
  await ana.until("delivery", ({ delivery }) => delivery.state === "stored");
  assert(Deno.readTextFileSync(path).startsWith("something else"));
});

function isStoredAt(sequence: number) {
  return ({ delivery }: { delivery: DeliveryState }) =>
    delivery.state === "stored" && delivery.sequence === sequence;
}

function messagesOf(client: TestClient): [string, boolean, boolean][] {
  return client.events.flatMap((event) =>
    event.type === "message" ? [[event.text, event.own, event.earlier]] : []
  );
}
