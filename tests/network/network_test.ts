/**
 * The programs on a bad network, a real one: two network namespaces, joined by
 * a cable that drops packets, is pulled, or belongs to somebody whose address
 * changes. `deno task network` runs it, as root on Linux; it takes five minutes.
 */
import { assert, assertEquals } from "@std/assert";
import type { DeliveryFigures } from "./delivery_log.ts";
import { clockMs } from "./remote_clients.ts";
import { type ChatProgram, GAS, NGIRCD, pause, Room } from "./room.ts";
import { isInstalled, TwoHosts } from "./two_hosts.ts";

const isWanted = Deno.env.get("GAS_NETWORK") === "1";
const missing = isWanted
  ? await TwoHosts.missing()
  : "run by deno task network";
const hasNgircd = missing === undefined && await isInstalled("ngircd");

/** Four who talk in turn, as fast as a lively room. */
const NAMES = ["Ana", "Budi", "Citra", "Dewi"];
const TALK = { messages: 200, intervalMs: 75 };
/** The longest wait for TCP's repetitions, which double up to minutes. */
const SETTLE_MS = 60_000;
/** What a person does not notice. */
const MAX_LOSSY_P99_MS = 300;
/** What a person hardly notices after a change that they made themselves. */
const MAX_BREAK_MS = 1_000;
/** A pulled cable is looked for every two seconds (MAX_PTO_US), and some of those looks are lost on the way. */
const MAX_RETURN_MS = 5_000;
const LINK_DOWN_MS = 20_000;
const SLEEP_MS = 125_000;

/** A test that is ignored, and says why, where it cannot run. */
function networkTest(
  name: string,
  run: (folder: string) => Promise<void>,
): void {
  Deno.test({
    name: missing === undefined ? name : `${name} (${missing})`,
    ignore: missing !== undefined,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "gas-network-" });
      try {
        await run(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** How a program delivers while the network drops packets. */
async function measure(
  program: ChatProgram,
  percent: number,
  folder: string,
): Promise<DeliveryFigures> {
  await using hosts = await TwoHosts.create();
  const room = await Room.open(program, hosts, folder);
  await room.enter("client", NAMES);
  await hosts.setLoss(percent);
  await room.talk(NAMES, TALK);
  const figures = await room.settle(SETTLE_MS);
  assertEquals(room.log.failures, []);
  const tcp = program === NGIRCD
    ? ` (${await hosts.tcpCongestionControl()})`
    : "";
  print(`${percent} %`, program.name + tcp, figures);
  return figures;
}

function print(when: string, who: string, figures: DeliveryFigures): void {
  const { expected, lost, repeated, outOfOrder } = figures;
  const [p50, p99, max] = [figures.p50Ms, figures.p99Ms, figures.maxMs].map((
    ms,
  ) => ms.toFixed(1));
  console.log(
    `${when}, ${who}: ${expected} deliveries, ${lost} lost, ` +
      `${repeated} repeated, ${outOfOrder} out of order; ` +
      `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms; ` +
      // Other work on the machine delays both programs: figures count on an idle one.
      `load ${Deno.loadavg()[0]!.toFixed(1)}`,
  );
}

/** Everything arrived once and in order, without a login. */
async function assertUnbroken(
  room: Room,
  logins: number,
): Promise<DeliveryFigures> {
  const figures = await room.settle(SETTLE_MS);
  print("in all", GAS.name, figures);
  const { lost, repeated, outOfOrder } = figures;
  assertEquals([lost, repeated, outOfOrder], [0, 0, 0]);
  assertEquals(room.log.failures, []);
  assertEquals(room.log.stretchings, logins);
  return figures;
}

for (const percent of [0, 5, 20]) {
  networkTest(
    `network: at ${percent} % loss everything arrives once and in order`,
    async (folder) => {
      const ours = await measure(GAS, percent, folder);
      if (hasNgircd) {
        const theirs = await measure(NGIRCD, percent, folder);
        const ratio = (theirs.p99Ms / ours.p99Ms).toFixed(1);
        console.log(`${percent} %: p99 of ngircd is ${ratio} times ours`);
      } else console.log("ngircd is not installed: nothing to compare with");
      const { lost, repeated, outOfOrder } = ours;
      assertEquals([lost, repeated, outOfOrder], [0, 0, 0]);
      assert(ours.p99Ms < MAX_LOSSY_P99_MS, `p99 is ${ours.p99Ms} ms`);
    },
  );
}

networkTest(
  "network: who talks goes on within a second after the address changed",
  (folder) => changeAddress(folder, { talkers: ["Ana", "Budi"], silenceMs: 0 }),
);

networkTest(
  "network: who only listens goes on within a second after the address changed",
  (folder) => changeAddress(folder, { talkers: ["Budi"], silenceMs: 0 }),
);

networkTest(
  "network: a message reaches within a second whose address changed in silence",
  (folder) => changeAddress(folder, { talkers: ["Budi"], silenceMs: 2_000 }),
);

/** Ana's address changes while some talk, or amid a silence between two talks. */
async function changeAddress(
  folder: string,
  { talkers, silenceMs }: { talkers: readonly string[]; silenceMs: number },
): Promise<void> {
  await using hosts = await TwoHosts.create();
  const room = await Room.open(GAS, hosts, folder);
  await room.enter("server", ["Budi"]);
  await room.enter("client", ["Ana"]);
  room.serverLines.length = 0;
  const half = { messages: 50, intervalMs: 100 };
  await room.talk(talkers, half);
  await pause(silenceMs);
  await hosts.changeClientAddress();
  const sinceMs = clockMs();
  await pause(silenceMs);
  await room.talk(talkers, half);
  const figures = await assertUnbroken(room, 2);
  for (const from of talkers) {
    const to = from === "Ana" ? "Budi" : "Ana";
    const firstMs = room.log.firstDeliveryMs(from, to, sinceMs)!;
    const afterMs = (firstMs - sinceMs - silenceMs).toFixed(0);
    console.log(`the first from ${from} to ${to} after ${afterMs} ms`);
  }
  // Above every break: what was sent in it waited as long.
  assert(figures.maxMs < MAX_BREAK_MS);
  assertEquals(room.comingsAndGoings(), []);
}

networkTest(
  "network: after 20 s without a link everything typed meanwhile arrives",
  async (folder) => {
    await using hosts = await TwoHosts.create();
    const room = await Room.open(GAS, hosts, folder);
    await room.enter("server", ["Budi"]);
    await room.enter("client", ["Ana"]);
    room.serverLines.length = 0;
    await hosts.setLink("down");
    const intervalMs = 500;
    const messages = LINK_DOWN_MS / intervalMs;
    await room.talk(["Ana", "Budi"], { messages, intervalMs });
    await hosts.setLink("up");
    const sinceMs = clockMs();
    await assertUnbroken(room, 2);
    const returnMs = room.log.lastMs - sinceMs;
    console.log(`all there after ${returnMs.toFixed(0)} ms with a link`);
    assert(returnMs < MAX_RETURN_MS);
    assertEquals(room.comingsAndGoings(), []);
  },
);

networkTest(
  "network: who slept for two minutes is back within a second, by the ticket",
  async (folder) => {
    await using hosts = await TwoHosts.create();
    const room = await Room.open(GAS, hosts, folder);
    await room.enter("server", ["Budi"]);
    const { process } = await room.enter("client", ["Ana"]);
    room.serverLines.length = 0;
    process.freeze();
    const talk = { messages: 50, intervalMs: SLEEP_MS / 50 };
    await room.talk(["Budi"], talk);
    await pause(talk.intervalMs);
    process.thaw();
    const sinceMs = clockMs();
    room.send("Ana");
    await assertUnbroken(room, 2);
    const backMs = room.log.lastMs - sinceMs;
    console.log(`back, with everything, after ${backMs.toFixed(0)} ms awake`);
    console.log(`the server's terminal: ${room.comingsAndGoings()}`);
    assert(backMs < MAX_BREAK_MS);
  },
);
