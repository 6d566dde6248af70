import { assert, assertEquals } from "@std/assert";
import { ClientSession } from "../../lib/app/client_session.ts";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";
import { UdpRelay } from "./udp_relay.ts";

const LOGIN_WORKER = new URL(
  "../../lib/crypto/login_worker.ts",
  import.meta.url,
);

/** A client with how often it stretched a password. */
interface CountingClient extends AsyncDisposable {
  readonly client: TestClient;
  readonly stretches: () => number;
}

async function createClient(dataDir: string): Promise<CountingClient> {
  let stretches = 0;
  const session = await ClientSession.create({
    dataDir,
    host: undefined,
    port: undefined,
    clientPort: 0,
    name: undefined,
    // Asked for each time a Worker is started.
    get loginWorker() {
      stretches++;
      return LOGIN_WORKER.href;
    },
  });
  const client = new TestClient(session);
  return {
    client,
    stretches: () => stretches,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function untilOnline({ client }: CountingClient): Promise<void> {
  const { events } = client;
  await client.until(
    "connection",
    ({ connection }) => connection.state === "online",
    events.findLastIndex(({ type }) => type === "welcome"),
  );
}

Deno.test("after a restart of the server a client is back without stretching, with what was typed meanwhile", async () => {
  await using dataDir = await makeDataDir();
  const first = await startTestServer(dataDir.path);
  await using ana = await createClient(dataDir.path);
  await ana.client.enter(first.port, "Ana");
  assertEquals(ana.stretches(), 1);
  await first.running.stop();
  await ana.client.until(
    "connection",
    ({ connection }) => connection.state === "reconnecting",
  );
  ana.client.send("typed meanwhile");
  const { port } = first;
  await using second = await startTestServer(dataDir.path, { port });
  await untilOnline(ana);
  await ana.client.until(
    "delivery",
    ({ delivery }) => delivery.state === "stored",
  );
  assertEquals(ana.stretches(), 1);
  assertEquals(
    second.notices.map(({ type }) => type),
    ["joined", "message"],
  );
});

Deno.test("after a server died without a word a client is back without stretching", async () => {
  await using dataDir = await makeDataDir();
  const first = await startTestServer(dataDir.path);
  await using relay = new UdpRelay(first.port);
  await using ana = await createClient(dataDir.path);
  await ana.client.enter(relay.port, "Ana");
  relay.isCut = true;
  await first.running.stop();
  const { port } = first;
  await using second = await startTestServer(dataDir.path, { port });
  relay.isCut = false;
  ana.client.send("are you there?");
  await ana.client.until(
    "delivery",
    ({ delivery }) => delivery.state === "stored",
  );
  assertEquals(ana.stretches(), 1);
  const message = second.notices.find(({ type }) => type === "message");
  assert(message?.type === "message" && message.text === "are you there?");
});

Deno.test("a client whose ticket is not taken logs in with its password", async () => {
  await using dataDir = await makeDataDir();
  await using clientDir = await makeDataDir();
  const first = await startTestServer(dataDir.path);
  await using ana = await createClient(clientDir.path);
  await ana.client.enter(first.port, "Ana");
  await first.running.stop();
  const path = dataFilePath(dataDir.path, "identity");
  const identity = JSON.parse(await Deno.readTextFile(path));
  identity.statelessResetKey = "00".repeat(32);
  await Deno.writeTextFile(path, JSON.stringify(identity));
  const { port } = first;
  await using _second = await startTestServer(dataDir.path, { port });
  await untilOnline(ana);
  assertEquals(ana.stretches(), 2);
});

Deno.test("a ticket does not outlive the password it was given for", async () => {
  await using dataDir = await makeDataDir();
  const password = "old password";
  const first = await startTestServer(dataDir.path, { password });
  await using ana = await createClient(dataDir.path);
  await ana.client.enter(first.port, "Ana", password);
  await first.running.stop();
  const { port } = first;
  const changed = { port, password: "new password" };
  await using second = await startTestServer(dataDir.path, changed);
  const { reason } = await ana.client.until("ended");
  assertEquals(reason, {
    code: "refused",
    refusal: { code: "wrongPassword" },
  });
  assert(!second.notices.some(({ type }) => type === "joined"));
});
