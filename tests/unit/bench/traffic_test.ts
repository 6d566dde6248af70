import { assertEquals } from "@std/assert";
import { Traffic } from "../../../bench/traffic.ts";
import type { Workload } from "../../../bench/workload.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";

const WORKLOAD: Workload = {
  row: "test",
  title: "3 clients, one sends",
  clients: 3,
  senders: 1,
  load: { type: "closedLoop", window: 2 },
  idleSeconds: 0,
};

/** Traffic that has sent its first window, and what it sent. */
function startTraffic(): { traffic: Traffic; texts: string[] } {
  const texts: string[] = [];
  const traffic = new Traffic(WORKLOAD, (_, text) => texts.push(text));
  traffic.start();
  return { traffic, texts };
}

function message(text: string): ClientEvent {
  return {
    type: "message",
    roomId: 1,
    id: "",
    author: "member 1",
    own: false,
    style: "plain",
    replyTo: 0,
    text,
    timeMs: 0,
    earlier: false,
    delivery: { state: "stored", sequence: 1, timeMs: 0, forwardedTo: 0 },
  };
}

Deno.test("Traffic sends a window, then one for each that came back", () => {
  const { traffic, texts } = startTraffic();
  assertEquals(texts.length, 2);
  assertEquals(texts.map(({ length }) => length), [100, 100]);
  traffic.handleEvent(1, message(texts[0]!));
  assertEquals(texts.length, 2);
  traffic.handleEvent(2, message(texts[0]!));
  assertEquals(texts.length, 3);
  traffic.stop();
  traffic.handleEvent(2, message(texts[1]!));
  assertEquals(texts.length, 3);
});

Deno.test("Traffic sends by the clock what is due", () => {
  const texts: string[] = [];
  const traffic = new Traffic({
    ...WORKLOAD,
    load: { type: "paced", messagesPerSecond: 100 },
  }, (_, text) => texts.push(text));
  assertEquals(traffic.deadlineUs, undefined);
  traffic.start();
  const startUs = traffic.deadlineUs!;
  traffic.handleTimeout(startUs + 25_000);
  assertEquals([texts.length, traffic.deadlineUs], [3, startUs + 30_000]);
  traffic.stop();
  assertEquals(traffic.deadlineUs, undefined);
});

Deno.test("Traffic is complete when everybody else has everything", () => {
  const { traffic, texts } = startTraffic();
  traffic.stop();
  for (const receiver of [1, 2]) {
    for (const text of texts) {
      assertEquals(traffic.isComplete, false);
      traffic.handleEvent(receiver, message(text));
    }
  }
  assertEquals(traffic.isComplete, true);
  assertEquals([traffic.deliveries, traffic.expected, traffic.wrong], [
    4,
    4,
    0,
  ]);
});

Deno.test("Traffic notices a message that comes twice", () => {
  const { traffic, texts } = startTraffic();
  traffic.handleEvent(1, message(texts[0]!));
  traffic.handleEvent(1, message(texts[0]!));
  assertEquals(traffic.wrong, 1);
});

Deno.test("Traffic notices a message that is skipped", () => {
  const { traffic, texts } = startTraffic();
  traffic.handleEvent(1, message(texts[1]!));
  assertEquals(traffic.wrong, 1);
});

Deno.test("Traffic notices a message that did not go to everybody", () => {
  const { traffic } = startTraffic();
  traffic.handleEvent(0, {
    roomId: 1,
    type: "delivery",
    id: "",
    delivery: { state: "stored", sequence: 1, timeMs: 0, forwardedTo: 1 },
  });
  assertEquals(traffic.wrong, 1);
});

Deno.test("Traffic notices a reconnect", () => {
  const { traffic } = startTraffic();
  traffic.handleEvent(1, {
    type: "connection",
    connection: { state: "reconnecting", attempt: 1, serverStopped: false },
  });
  assertEquals(traffic.wrong, 1);
});

Deno.test("Traffic counts latencies of its window only", () => {
  const { traffic, texts } = startTraffic();
  traffic.handleEvent(1, message(texts[0]!));
  assertEquals(traffic.latency.total, 0);
  traffic.startWindow();
  traffic.handleEvent(2, message(texts[0]!));
  traffic.handleEvent(2, message(texts[1]!));
  traffic.stop();
  traffic.handleEvent(2, message(texts[2]!));
  assertEquals(traffic.latency.total, 1);
});
