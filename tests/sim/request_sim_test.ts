/** What members ask while everything else goes wrong. */
import { assert, assertEquals } from "@std/assert";
import { US_PER_S } from "../../lib/base/time.ts";
import { MAX_TIME_MS } from "../../lib/chat/limits.ts";
import type { RoomQuery } from "../../lib/chat/request.ts";
import { logIn, makeWorld, type SimClient, SimServer } from "./chat_world.ts";
import {
  type Cast,
  checkAcknowledged,
  checkOrder,
  checkPeace,
  isComplete,
} from "./checkers.ts";
import { drawAct } from "./draw_act.ts";
import { PRESETS } from "./network_profile.ts";
import type { SimDisk } from "./sim_log.ts";

const QUERIES: readonly RoomQuery[] = [
  { type: "history", direction: "before", sequence: 0, limit: 20 },
  { type: "history", direction: "after", sequence: 9, limit: 5 },
  {
    type: "search",
    words: "text 7",
    author: "",
    sinceMs: 0,
    untilMs: MAX_TIME_MS,
    before: 0,
    limit: 20,
  },
  { type: "who" },
  { type: "whois", name: "client2" },
];

/** All that each message ever said; nothing, once it was removed. */
function textsOf(disk: SimDisk): Map<number, Set<string>> {
  const texts = new Map<number, Set<string>>();
  for (const { sequence, act } of disk.originals) {
    if (act.type === "message") texts.set(sequence, new Set([act.text]));
    if (act.type === "edit") texts.get(act.target)?.add(act.text);
    if (act.type === "remove") texts.get(act.target)?.add("");
  }
  return texts;
}

/** Every question has one answer or one refusal, and answers tell what is durable, and nothing that was removed. */
function checkAnswers(client: SimClient, asked: number, disk: SimDisk): number {
  let answers = 0;
  const settled: number[] = [];
  const said = textsOf(disk);
  const removed = new Set<number>();
  for (const event of client.events) {
    if (event.type === "change" && event.act.type === "remove") {
      removed.add(event.act.target);
    }
    if (event.type !== "answer" && event.type !== "unanswered") continue;
    settled.push(event.questionId);
    if (event.type === "unanswered") continue;
    answers++;
    const { answer } = event;
    const told = answer.type === "history"
      ? answer.messages
      : answer.type === "search"
      ? answer.matches
      : [];
    for (const { sequence, text } of told) {
      assert(said.get(sequence)!.has(text), "what is durable");
      if (removed.has(sequence)) assertEquals(text, "", "what was removed");
    }
  }
  const all = Array.from({ length: asked }, (_, index) => index);
  assertEquals(settled.sort((a, b) => a - b), all, "each is settled once");
  return answers;
}

for (const [seed, preset] of [[11, "homeWifi"], [12, "lossyWifi"]] as const) {
  Deno.test(`questions while the server is killed on ${preset} are settled once, and disturb no order`, () => {
    const profile = PRESETS[preset] ?? PRESETS["homeWifi"]!;
    const world = makeWorld(seed, { clients: 3, profile });
    const { simulation, disk, prng, clients } = world;
    disk.maxLatencyUs = 300_000;
    const servers = [world.server];
    const cast: Cast = { simulation, disk, servers, clients, dead: [] };
    logIn(world, clients, "questions");
    const asked = clients.map(() => 0);
    for (let round = 0; round < 12; round++) {
      const startUs = simulation.nowUs;
      for (let index = 0; index < 30; index++) {
        const at = startUs + prng.below(4 * US_PER_S);
        simulation.at(at, () => {
          const one = index % 3;
          const client = clients[one]!;
          client.act(
            drawAct(prng, client.room, `round ${round}, text ${index}`),
          );
          const query = QUERIES[prng.below(QUERIES.length)]!;
          client.ask(asked[one]!++, query);
        });
      }
      simulation.runUntil(() => false, prng.between(1, 4 * US_PER_S));
      const old = servers.at(-1)!;
      old.kill();
      simulation.runUntil(() => false, prng.between(1, US_PER_S));
      const { options, secrets } = old;
      servers.push(new SimServer(prng.fork(), { ...options, secrets }));
      simulation.add(servers.at(-1)!);
    }
    assert(simulation.runUntil(() => isComplete(cast), 120 * US_PER_S));
    simulation.runUntil(() => false, 10 * US_PER_S);
    checkOrder(cast);
    checkAcknowledged(cast);
    checkPeace(cast);
    const answers = clients.map((client, one) =>
      checkAnswers(client, asked[one]!, disk)
    );
    const total = answers.reduce((sum, count) => sum + count);
    const questions = asked.reduce((sum, count) => sum + count);
    assert(total > 30, `${total} answers`);
    assert(total < questions, "some come to nothing");
  });
}
