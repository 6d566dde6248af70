import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Prng } from "../../lib/base/prng.ts";
import { decodeClientMessage } from "../../lib/chat/chat_message.ts";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import { wordsOf } from "../sim/event_words.ts";
import { makeDataDir, startTestServer, TestClient } from "./chat_fixture.ts";
import { ScriptProcess } from "./script_process.ts";
import { UdpRelay } from "./udp_relay.ts";

/** How often the client is killed; docs/TESTING.md has the long run. */
const ROUNDS = Number(Deno.env.get("GAS_KILL_ROUNDS") ?? 3);
/** Where the kills fall; said with every failure. */
const SEED = Number(Deno.env.get("GAS_KILL_SEED") ?? 1);
/** As many lines as the pipe takes without an answer, at most. */
const LINES = 40;

/**
 * Goal: what a client has kept to be sent survives its sudden death, and is
 * sent once.
 *
 * Method: the real program is given lines through a pipe, its network is cut
 * while the first of them are on their way, and it is killed. What its file then holds
 * must be in the room in the end, after the next start sends it.
 */
Deno.test(`a client killed ${ROUNDS} times sends what it has kept, once and in order (seed ${SEED})`, async () => {
  await using dataDir = await makeDataDir();
  await using server = await startTestServer(`${dataDir.path}`);
  await using relay = new UdpRelay(server.port);
  await using budi = await TestClient.create(`${dataDir.path}`);
  await budi.enter(server.port, "Budi");
  const folder = `${dataDir.path}/ana`;
  const prng = new Prng(SEED);
  const kept = new Set<string>();
  const start = () =>
    ScriptProcess.start(
      ["127.0.0.1", String(relay.port), "--name", "Ana"],
      folder,
    );
  for (let round = 0; round < ROUNDS; round++) {
    await using ana = start();
    const texts = Array.from({ length: LINES }, (_, i) => `${round} ${i}`);
    const cut = LINES / 2;
    await ana.write(texts.slice(0, cut).join("\n") + "\n");
    const seen = texts[prng.below(cut)];
    await budi.until("message", ({ text }) => text === seen);
    // More than a window's worth would wait in the pipe, and be lost there.
    const isOfRound = (text: string) => text.startsWith(`${round} `);
    await untilOutbox(folder, (outbox) => outbox.every(isOfRound));
    relay.isCut = true;
    await ana.write(texts.slice(cut).join("\n") + "\n");
    await untilOutbox(folder, (outbox) => outbox.includes(texts.at(-1)!));
    await ana.stop("SIGKILL");
    relay.isCut = false;
    const outbox = readOutbox(folder);
    for (const text of outbox) kept.add(text);
    assert(outbox.length >= LINES / 2, "what was not sent is kept");
  }
  await using ana = start();
  await ana.write("the end\n");
  await budi.until("message", ({ text }) => text === "the end");
  const room = server.notices.flatMap((notice) =>
    notice.type === "message" ? [notice.text] : []
  );
  assertEquals(new Set(room).size, room.length);
  assertEquals([...kept].filter((text) => !room.includes(text)), []);
  const written = Array.from(
    { length: ROUNDS },
    (_, round) => Array.from({ length: LINES }, (_, i) => `${round} ${i}`),
  ).flat();
  assertEquals(room, [...written, "the end"]);
  // Nobody has come between: it took its own place each time.
  assertEquals(server.notices.filter(({ type }) => type === "left"), []);
});

/** The name of a folder's one room file. */
function roomFile(folder: string): string | undefined {
  const rooms = dataFilePath(folder, "rooms");
  const names = [...Deno.readDirSync(rooms)].map(({ name }) => name);
  const name = names.find((name) => name.endsWith(".sqlite"));
  return name && `${rooms}/${name}`;
}

function readOutbox(folder: string): string[] {
  const database = new DatabaseSync(roomFile(folder)!);
  const rows = database.prepare("SELECT message FROM outbox ORDER BY position")
    .all();
  database.close();
  return rows.map(({ message }) => {
    const decoded = decodeClientMessage(message as Uint8Array);
    return decoded.type === "act" ? wordsOf(decoded) : "";
  });
}

/** Waits until what is kept makes something true. */
async function untilOutbox(
  folder: string,
  condition: (outbox: readonly string[]) => boolean,
): Promise<void> {
  using watcher = Deno.watchFs(dataFilePath(folder, "rooms"));
  if (condition(readOutbox(folder))) return;
  for await (const { kind } of watcher) {
    // Reading is told as well, and would be for ever.
    if (kind !== "modify") continue;
    if (condition(readOutbox(folder))) return;
  }
}
