import { assert, assertEquals } from "@std/assert";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";
import { UdpRelay } from "./udp_relay.ts";

Deno.test("two clients chat through a server on loopback", async () => {
  await using dataDir = await makeDataDir();
  const server = await startTestServer(dataDir.path);
  const ana = await TestClient.create(dataDir.path);
  const budi = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  budi.login(server.port, "Budi");
  await ana.until("joined", ({ name }) => name === "Budi");
  ana.send("Halo 👋");
  const message = await budi.until("message");
  assertEquals([message.author, message.text], ["Ana", "Halo 👋"]);
  await ana.until("delivery", ({ delivery }) => delivery.state === "stored");
  await budi[Symbol.asyncDispose]();
  const left = await ana.until("left");
  assertEquals([left.name, left.reason], ["Budi", "quit"]);
  await ana[Symbol.asyncDispose]();
  await server.running.stop();
  assertEquals(
    server.notices.map(({ type }) => type),
    ["joined", "joined", "message", "left", "left"],
  );
});

Deno.test("a message of 4,000 characters arrives, one more is refused", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await using budi = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  await budi.enter(server.port, "Budi");
  const longest = "🙂".repeat(4000);
  ana.send(longest + "!");
  const refused = await ana.until("message");
  assertEquals(refused.delivery, {
    state: "refused",
    reason: { code: "tooLong", limitCharacters: 4000, characters: 4001 },
  });
  ana.send(longest);
  const message = await budi.until("message");
  assertEquals(message.text, longest);
});

Deno.test("a late comer gets the history", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  for (const text of ["one", "two", "three"]) ana.send(text);
  await ana.until(
    "delivery",
    ({ delivery }) => delivery.state === "stored" && delivery.sequence === 3,
  );
  await using budi = await TestClient.create(dataDir.path);
  await budi.enter(server.port, "Budi");
  await budi.until("message", ({ text }) => text === "three");
  const history = budi.events.filter((event) => event.type === "message");
  assertEquals(
    history.map(({ text, earlier }) => [text, earlier]),
    [["one", true], ["two", true], ["three", true]],
  );
});

Deno.test("what was typed while the server was away is sent when it is back", async () => {
  await using dataDir = await makeDataDir();
  const first = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await ana.enter(first.port, "Ana");
  await first.running.stop();
  await ana.until(
    "connection",
    ({ connection }) =>
      connection.state === "reconnecting" && connection.serverStopped,
  );
  ana.send("typed meanwhile");
  await using second = await startTestServer(dataDir.path, {
    port: first.port,
  });
  await ana.until(
    "connection",
    ({ connection }) => connection.state === "online",
  );
  await ana.until("delivery", ({ delivery }) => delivery.state === "stored");
  const [message] = second.notices.filter(({ type }) => type === "message");
  assert(message?.type === "message" && message.text === "typed meanwhile");
});

Deno.test("a cut cable shows, and nothing is lost over it", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using relay = new UdpRelay(server.port);
  await using ana = await TestClient.create(dataDir.path);
  await using budi = await TestClient.create(dataDir.path);
  await ana.enter(relay.port, "Ana");
  await budi.enter(server.port, "Budi");
  relay.isCut = true;
  ana.send("into the cut cable");
  await ana.until(
    "connection",
    ({ connection }) => connection.state === "unresponsive",
  );
  budi.send("meanwhile");
  await budi.until("delivery");
  relay.isCut = false;
  await ana.until(
    "connection",
    ({ connection }) => connection.state === "online",
  );
  assertEquals(
    (await budi.until("message", ({ own }) => !own)).text,
    "into the cut cable",
  );
  assertEquals(
    (await ana.until("message", ({ own }) => !own)).text,
    "meanwhile",
  );
});

Deno.test("a sniffer of login and chat sees neither name nor password nor text", async () => {
  const name = "Sitti Nurhaliza";
  const password = "correct horse battery";
  const text = "the meeting is at nine";
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path, { password });
  await using relay = new UdpRelay(server.port);
  await using ana = await TestClient.create(dataDir.path);
  await using budi = await TestClient.create(dataDir.path);
  await ana.enter(relay.port, name, password);
  await budi.enter(relay.port, "Budi Santoso", password);
  ana.send(text);
  await budi.until("message");
  const latin1 = new TextDecoder("latin1");
  const sniffed = relay.recorded.map((datagram) => latin1.decode(datagram));
  assert(sniffed.length > 10);
  for (const secret of [name, password, text, "Sitti", "Budi", "horse"]) {
    assert(!sniffed.some((datagram) => datagram.includes(secret)), secret);
  }
});
