import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import type { LogEvent } from "../../lib/chat/room_log.ts";
import { wordsOf } from "../sim/event_words.ts";
import { makeDataDir } from "./chat_fixture.ts";
import { readLog } from "./server_log.ts";
import { ServerProcess } from "./server_process.ts";
import { TalkerProcess } from "./talker_process.ts";

/** How often somebody is killed; docs/TESTING.md has the long run. */
const ROUNDS = Number(Deno.env.get("GAS_KILL_ROUNDS") ?? 3);
/** Where the kills fall; said with every failure. */
const SEED = Number(Deno.env.get("GAS_KILL_SEED") ?? 1);
const NAMES = ["Ana", "Budi", "Citra"];

/**
 * Goal: whatever dies, everything that was acknowledged or kept is stored once,
 * in one order, and everybody knows all of it.
 *
 * Method: clients in processes of their own write without a pause to a real
 * server. In each round a client is killed, and every other time the server as
 * well; both are started again with what they have kept.
 */
Deno.test(`what was acknowledged or kept by a server and clients killed ${ROUNDS} times is there once, in one order (seed ${SEED})`, async () => {
  await using dataDir = await makeDataDir();
  const prng = new Prng(SEED);
  await using running = new AsyncDisposableStack();
  let server = await ServerProcess.start(dataDir.path);
  running.defer(() => server[Symbol.asyncDispose]());
  const { port } = server;
  const talkers = NAMES.map((name) => {
    const folder = `${dataDir.path}/${name}`;
    Deno.mkdirSync(folder);
    return running.use(new TalkerProcess({ name, port, folder }));
  });
  const total = () => talkers.reduce((sum, { count }) => sum + count, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const wanted = total() + prng.between(10, 60);
    // Each goes on for ever, so each sees it.
    const isEnough = () => total() >= wanted;
    await Promise.all(talkers.map((talker) => talker.until(isEnough)));
    const victim = talkers[prng.below(talkers.length)]!;
    await victim.kill();
    if (round % 2 === 0) {
      await server.kill();
      server = await ServerProcess.start(dataDir.path, { port });
    }
    victim.start();
  }
  await Promise.all(
    talkers.map((talker) => talker.until(() => talker.shown.at(-1)!.size > 0)),
  );
  await Promise.all(talkers.map((talker) => talker.finish()));
  const last = Math.max(...talkers.flatMap(({ acknowledged }) => [
    ...acknowledged.values(),
  ]));
  await Promise.all(
    talkers.map((talker) => talker.until(() => talker.shown.at(-1)!.has(last))),
  );
  await running.disposeAsync();
  compare(readLog(dataDir.path), talkers);
});

function compare(
  log: readonly LogEvent[],
  talkers: readonly TalkerProcess[],
): void {
  const texts = log.map(wordsOf);
  assert(texts.length >= ROUNDS * 10, "hardly anything was written");
  assertEquals(
    log.map(({ sequence }) => sequence),
    log.map((_, i) => i + 1),
  );
  assertEquals(new Set(texts).size, texts.length);
  for (const { name, kept, acknowledged, shown, losses } of talkers) {
    assertEquals(losses, []);
    const own = log.filter(({ author }) => author === name)
      .map(wordsOf);
    // What was kept in the moment of its death was not always told.
    assertEquals(own.filter((text) => kept.has(text)), [...kept]);
    for (const [text, sequence] of acknowledged) {
      assertEquals(texts[sequence - 1], text);
    }
    for (const life of shown) {
      for (const [sequence, text] of life) {
        assertEquals(text, texts[sequence - 1]);
      }
    }
    // The last life knows the room to its end without a gap: what was kept
    // before it, and what came then.
    const places = [...shown.at(-1)!.keys()].sort((a, b) => a - b);
    assertEquals(
      places,
      texts.map((_, i) => i + 1).slice(-places.length),
    );
    assert(places.length >= Math.min(texts.length, MIN_KNOWN), name);
  }
}

/** What a client keeps and is given at least. */
const MIN_KNOWN = 1_000;
