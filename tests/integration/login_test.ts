import { assert, assertEquals } from "@std/assert";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";

Deno.test("a wrong password is refused, is shown to the host, and can be mended", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  assertEquals(await ana.refusedLogin(server.port, "Ana", "GAS2"), {
    code: "wrongPassword",
  });
  await ana.enter(server.port, "Ana");
  assertEquals(
    server.notices.filter(({ type }) => type === "loginRefused").length,
    1,
  );
});

Deno.test("a taken name is refused to whoever knows the password, in any case of letters", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  await using other = await TestClient.create(dataDir.path);
  await ana.enter(server.port, "Ana");
  assertEquals(await other.refusedLogin(server.port, "ANA"), {
    code: "nameTaken",
    name: "ANA",
  });
  assertEquals(await other.refusedLogin(server.port, "ANA", "wrong"), {
    code: "wrongPassword",
  });
  await other.enter(server.port, "Budi");
});

Deno.test("a name that breaks a rule is refused with the rule", async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(dataDir.path);
  await using ana = await TestClient.create(dataDir.path);
  assertEquals(await ana.refusedLogin(server.port, "x".repeat(33)), {
    code: "nameInvalid",
    rule: "tooLong",
  });
});

Deno.test("a silent port is said to be silent", async () => {
  await using dataDir = await makeDataDir();
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const { port } = socket.addr as Deno.NetAddr;
  await using ana = await TestClient.create(dataDir.path);
  assertEquals(await ana.refusedLogin(port, "Ana"), {
    code: "serverSilent",
    host: "127.0.0.1",
    port,
  });
  socket.close();
});

Deno.test("a host that does not exist is said to be no address", async () => {
  await using dataDir = await makeDataDir();
  await using ana = await TestClient.create(dataDir.path);
  ana.session.handleCommand({
    type: "login",
    host: "no-such-host.invalid",
    port: 8080,
    name: "Ana",
    password: "GAS1",
  });
  assertEquals((await ana.until("loginRefused")).refusal, {
    code: "addressInvalid",
    host: "no-such-host.invalid",
  });
});

Deno.test("a changed server key is refused until it is trusted on purpose", async () => {
  await using clientDir = await makeDataDir();
  await using firstDir = await makeDataDir();
  await using secondDir = await makeDataDir();
  const first = await startTestServer(firstDir.path);
  const { port } = first;
  await using ana = await TestClient.create(clientDir.path);
  await ana.enter(port, "Ana");
  const pinned = first.running.fingerprint;
  await first.running.stop();
  await using second = await startTestServer(secondDir.path, { port });
  const ended = await ana.until("ended");
  assert(ended.reason.code === "refused");
  assertEquals(ended.reason.refusal, {
    code: "serverKeyChanged",
    host: "127.0.0.1",
    port,
    pinned,
    presented: second.running.fingerprint,
  });
  ana.session.handleCommand({
    type: "forgetServerKey",
    host: "127.0.0.1",
    port,
  });
  await ana.enter(port, "Ana");
});

Deno.test("a client port that is taken is said so", async () => {
  await using dataDir = await makeDataDir();
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "0.0.0.0",
    port: 0,
  });
  const { port } = socket.addr as Deno.NetAddr;
  await using ana = await TestClient.create(dataDir.path, { clientPort: port });
  assertEquals(await ana.refusedLogin(9, "Ana"), {
    code: "clientPortBusy",
    port,
  });
  socket.close();
});
