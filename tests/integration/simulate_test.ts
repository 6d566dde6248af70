/** A network that is made bad on purpose, and the traces of what it does. */
import { assert, assertEquals } from "@std/assert";
import { createTraceFile } from "../../lib/app/trace_file.ts";
import { NO_IMPAIRMENT } from "../../lib/net/impairment.ts";
import type { TraceEvent } from "../../lib/transport/trace_event.ts";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";

const PASSWORD = "hunter-two-password";
const TEXTS = Array.from({ length: 20 }, (_, i) => `rahasia ${i}`);

/** Logs in; by a very bad chance a client hears nothing for so long that it gives up. */
async function enter(
  client: TestClient,
  port: number,
  name: string,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const from = client.events.length;
    // Another name each time: the server may still know the one before.
    client.login(port, `${name} ${attempt}`, PASSWORD);
    const outcome = await Promise.race([
      client.until("welcome", () => true, from),
      client.until("loginRefused", () => true, from),
    ]);
    if (outcome.type === "welcome") return;
    const { code } = outcome.refusal;
    assert(code === "serverSilent" || code === "serverGone", code);
  }
}

Deno.test("everything arrives through a server that loses 20 percent", async () => {
  await using dataDir = await makeDataDir();
  const trace = `${dataDir.path}/client.sqlog`;
  createTraceFile(trace);
  const events: TraceEvent[] = [];
  const server = await startTestServer(dataDir.path, {
    password: PASSWORD,
    simulate: { ...NO_IMPAIRMENT, loss: 20, reorder: 5, duplicate: 30 },
    onTrace: (event) => events.push(event),
  });
  const ana = await TestClient.create(dataDir.path, { trace });
  const budi = await TestClient.create(dataDir.path);
  await enter(ana, server.port, "Ana-Nama");
  await enter(budi, server.port, "Budi");
  // One after the other, so that they need many packets.
  for (const [i, text] of TEXTS.entries()) {
    ana.send(text);
    await budi.until("message", (message) => message.text === text);
    await ana.until(
      "delivery",
      ({ delivery }) =>
        delivery.state === "stored" && delivery.sequence === i + 1,
    );
  }
  const received = budi.events.filter((event) => event.type === "message");
  assertEquals(received.map(({ text }) => text), TEXTS);
  await budi[Symbol.asyncDispose]();
  await ana[Symbol.asyncDispose]();
  await server.running.stop();
  assert(events.some(({ type }) => type === "packetLost"), "some were lost");
  assert(
    events.some((event) =>
      event.type === "packetDropped" && event.trigger === "duplicate"
    ),
    "some came twice",
  );
  const text = await Deno.readTextFile(trace);
  const names = text.split("\x1e").slice(2).map((line) =>
    JSON.parse(line).name
  );
  assert(names.includes("connectivity:connection_closed"));
  for (const both of [text, JSON.stringify(events)]) {
    for (const secret of [PASSWORD, "Ana-Nama", "Budi", "rahasia"]) {
      assertEquals(both.includes(secret), false, secret);
    }
  }
});
