/** Rooms of a server over a real database, and a restart in between. */
import { assert, assertEquals } from "@std/assert";
import { StoreKeeper } from "../../lib/store/store_keeper.ts";
import type { StoreReply, StoreWrite } from "../../lib/store/store_messages.ts";
import type { ChatServerOutput } from "../../lib/chat/chat_server_output.ts";
import type { InputTime } from "../../lib/chat/chat_server_input.ts";
import type { ChatServer } from "../../lib/chat/chat_server.ts";
import { TestServer } from "../unit/chat/test_server.ts";
import { openRequest } from "../unit/store/open_request.ts";
import { withFolder } from "../unit/store/temporary_folder.ts";

/** Does what a server asks with a database, at once. */
function carryOut(
  keeper: StoreKeeper,
  server: ChatServer,
  output: ChatServerOutput,
  time: InputTime,
): void {
  switch (output.type) {
    case "append": {
      const { roomId, event } = output;
      return commit(keeper, server, { type: "event", roomId, event }, time);
    }
    case "change": {
      const { changeId, change } = output;
      return commit(keeper, server, { type: "change", changeId, change }, time);
    }
    case "query": {
      const { queryId, query } = output;
      const reply = keeper.handleRequest({ type: "query", queryId, query });
      assert(reply?.type === "queried");
      return server.handleQueried(queryId, reply.result, time);
    }
    case "load": {
      const reply = keeper.handleRequest({ type: "load", load: output.load });
      assert(reply?.type === "loaded");
      const { roomId, loadId, events } = reply;
      return server.handleLoaded(roomId, loadId, events, time);
    }
    case "recall": {
      const { recall } = output;
      const reply = keeper.handleRequest({ type: "recall", recall });
      assert(reply?.type === "recalled");
      const { roomId, authorKey, events } = reply;
      return server.handleRecalled(roomId, authorKey, events, time);
    }
  }
}

function commit(
  keeper: StoreKeeper,
  server: ChatServer,
  write: StoreWrite,
  time: InputTime,
): void {
  const reply: StoreReply | undefined = keeper.handleRequest({
    type: "commit",
    writes: [write],
  });
  assert(reply?.type === "committed");
  const { appended, changed } = reply;
  if (appended.length > 0) server.handleAppended(appended, time);
  for (const { changeId, result } of changed) {
    server.handleChanged(changeId, result, time);
  }
}

/** Starts a server on a database. */
function start(path: string): { world: TestServer; keeper: StoreKeeper } {
  const keeper = StoreKeeper.open(openRequest(path), 0);
  const world = new TestServer({
    state: keeper.state,
    known: keeper.rooms,
    carryOut: (server, output, time) => carryOut(keeper, server, output, time),
  });
  return { world, keeper };
}

const ANI = { accountId: 7, role: "member" } as const;

Deno.test(
  "rooms, who is in them and what was said there outlive the server",
  withFolder((folder) => {
    const path = `${folder}/chat.sqlite`;
    const first = start(path);
    first.world.join(1, "Ani", { account: ANI });
    first.world.join(2, "Budi");
    const hidden = first.world.create(1, "Rahasia", "private");
    const open = first.world.create(2, "Sains", "public");
    const talk = first.world.ask(2, { type: "direct", name: "Ani" });
    assert(talk !== undefined && "roomId" in talk);
    first.world.enter(11, 1, hidden);
    first.world.ask(11, { type: "invite", name: "Budi" });
    for (
      const [member, device, roomId] of [[12, 2, talk.roomId], [13, 2, open]]
    ) {
      first.world.enter(member!, device!, roomId!);
    }
    first.world.say(11, "hidden", 1);
    first.world.say(12, "between us", 2);
    first.world.say(13, "for all", 3);
    first.keeper.handleRequest({ type: "close" });

    const { world, keeper } = start(path);
    // Another device of Ani, the same client of Budi.
    world.join(5, "Ani", { account: ANI, client: 9 });
    world.join(6, "Budi", { client: 2 });
    const list = world.take(6).find(({ type }) => type === "roomList");
    assert(list?.type === "roomList");
    assertEquals(
      list.rooms.map(({ kind, name, lastSequence }) => [
        kind,
        name,
        lastSequence,
      ]),
      [["private", "Rahasia", 1], ["public", "Sains", 1], ["direct", "Ani", 1]],
    );
    world.enter(15, 5, talk.roomId);
    assertEquals(world.takeTexts(15), ["between us"]);
    world.enter(16, 6, hidden);
    assertEquals(world.takeTexts(16), ["hidden"]);
    world.say(15, "still here", 4);
    world.enter(17, 6, talk.roomId);
    assertEquals(world.takeTexts(17), ["still here"]);
    assertEquals(world.closed.size, 0);
    keeper.handleRequest({ type: "close" });
  }),
);
