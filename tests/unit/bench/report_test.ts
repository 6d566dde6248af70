import { assert, assertStringIncludes } from "@std/assert";
import { reportText } from "../../../bench/report.ts";
import type { RoomResult } from "../../../bench/workload.ts";

const PEER: RoomResult = {
  type: "room",
  server: "other",
  row: "b",
  seconds: 5,
  deliveries: 1_000_000,
  messages: 10_101,
  latencyUs: { p50: 1_000, p99: 2_000, max: 3_000 },
  serverCpuSeconds: 1,
  loadCpuSeconds: 2,
  noiseSeconds: 0,
  emptyKib: 10_000,
  joinedKib: 10_500,
  joinSeconds: 1,
  wrongDeliveries: 0,
};
const OURS: RoomResult = {
  ...PEER,
  server: "gas-server",
  serverCpuSeconds: 3,
  transport: {
    serverSystemSeconds: 1,
    datagrams: 500_000,
    connectUs: { p50: 1_000, p99: 2_000, max: 3_000 },
    droppedDatagrams: { server: 0, load: 0 },
  },
};

Deno.test("reportText() divides our figures by those of a peer", () => {
  const line = reportText([OURS, PEER]).split("\n")
    .find((text) => text.includes("| other"))!;
  const cells = line.split("|").map((cell) => cell.trim());
  assert(cells.includes("1.00") && cells.includes("3.0"), line);
  assertStringIncludes(line, "200,000");
});

Deno.test("reportText() shows the median of several rounds", () => {
  const rounds = [5, 1, 3].map((serverCpuSeconds) => ({
    ...PEER,
    serverCpuSeconds,
  }));
  assertStringIncludes(reportText(rounds), "| 3.00 ");
});

Deno.test("reportText() marks figures that others disturbed", () => {
  assert(!reportText([PEER]).includes("noisy"));
  assertStringIncludes(reportText([{ ...PEER, noiseSeconds: 2 }]), "noisy");
});
