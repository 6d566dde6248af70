/** A chat over a real database, which does at once what it is asked. */
import { assert } from "@std/assert";
import { StoreKeeper } from "../../lib/store/store_keeper.ts";
import type { StoreReply, StoreWrite } from "../../lib/store/store_messages.ts";
import type { ChatServerOutput } from "../../lib/chat/chat_server_output.ts";
import type { InputTime } from "../../lib/chat/chat_server_input.ts";
import type { ChatServer } from "../../lib/chat/chat_server.ts";
import { TestServer } from "../unit/chat/test_server.ts";
import { openRequest } from "../unit/store/open_request.ts";

/** Does what a server asks with a database, at once. */
function carryOut(
  keeper: StoreKeeper,
  server: ChatServer,
  output: ChatServerOutput,
  time: InputTime,
): void {
  switch (output.type) {
    case "append": {
      const { roomId, event, audit } = output;
      const entry = audit === undefined ? {} : { audit };
      const write = { type: "event", roomId, event, ...entry } as const;
      return commit(keeper, server, [write], time);
    }
    case "change": {
      const { changeId, change } = output;
      const write = { type: "change", changeId, change } as const;
      return commit(keeper, server, [write], time);
    }
    case "query": {
      const { queryId, query } = output;
      const reply = keeper.handleRequest({ type: "query", queryId, query });
      assert(reply?.type === "queried");
      return server.handleQueried(queryId, reply.result, time);
    }
    case "find": {
      const reply = keeper.handleRequest({ type: "find", find: output.find });
      assert(reply?.type === "found");
      return server.handleFound(reply.roomId, reply.findId, reply.found);
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
  writes: readonly StoreWrite[],
  time: InputTime,
): void {
  const reply: StoreReply | undefined = keeper.handleRequest({
    type: "commit",
    writes,
  });
  assert(reply?.type === "committed");
  const { appended, changed } = reply;
  if (appended.length > 0) server.handleAppended(appended, time);
  for (const { changeId, result } of changed) {
    server.handleChanged(changeId, result, time);
  }
}

/** A server and its database. */
export interface StoredServer {
  readonly world: TestServer;
  readonly keeper: StoreKeeper;
}

/** Starts a server on a database. */
export function startStored(path: string, nowMs = 0): StoredServer {
  const keeper = StoreKeeper.open(openRequest(path), nowMs);
  const world = new TestServer({
    state: keeper.state,
    known: keeper.rooms,
    carryOut: (server, output, time) => carryOut(keeper, server, output, time),
  });
  return { world, keeper };
}

/** A server whose database waits with its changes. */
export interface LateServer extends StoredServer {
  /**
   * The database makes some of the changes, in one transaction, and says so.
   *
   * @param count How many at most; all that wait if absent.
   * @returns Whether there were any.
   */
  readonly commit: (count?: number) => boolean;
}

/** Starts a server on a database that commits when it is told to. */
export function startLate(path: string, nowMs = 0): LateServer {
  const keeper = StoreKeeper.open(openRequest(path), nowMs);
  const waiting: StoreWrite[] = [];
  const world = new TestServer({
    state: keeper.state,
    known: keeper.rooms,
    carryOut: (server, output, time) => {
      if (output.type !== "change") {
        return carryOut(keeper, server, output, time);
      }
      const { changeId, change } = output;
      waiting.push({ type: "change", changeId, change });
    },
  });
  return {
    world,
    keeper,
    commit: (count = waiting.length) => {
      const writes = waiting.splice(0, count);
      if (writes.length === 0) return false;
      const { nowUs, timeMs } = world;
      commit(keeper, world.server, writes, { nowUs, timeMs });
      world.drain();
      return true;
    },
  };
}
