/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A Worker in the place of `store_worker.ts` that has the troubles its
 * database's path names: "full 3 times", "corrupt", "crash".
 */
import { committedThrough } from "./log_events.ts";
import { NO_PEOPLE } from "../../../lib/chat/people_change.ts";
import type {
  OpenRequest,
  StoreReply,
  StoreRequest,
} from "../../../lib/store/store_messages.ts";

let path = "";
let fullTimes = 0;

self.onmessage = ({ data }: MessageEvent<OpenRequest | StoreRequest>) => {
  const reply = answerTo(data);
  if (reply !== undefined) self.postMessage(reply);
};

function answerTo(request: OpenRequest | StoreRequest): StoreReply | undefined {
  switch (request.type) {
    case "open": {
      path = request.path;
      fullTimes = Number(/\d+/.exec(path)?.[0] ?? 0);
      const epochId = new Uint8Array(8);
      const state = {
        epochId,
        firstSequence: 1,
        lastSequence: 0,
        topic: "",
        recent: [],
      };
      const rooms = { rooms: [], lastRoomId: 1 };
      return {
        type: "opened",
        state,
        rooms,
        people: NO_PEOPLE,
        wasExposed: false,
      };
    }
    case "commit":
      if (path === "crash") throw new Error("as scripted");
      if (path === "corrupt") {
        return { type: "failed", code: "corrupt", path, detail: "" };
      }
      return fullTimes-- > 0
        ? { type: "unwritable", code: "full" }
        : committedThrough(request.writes.length);
    case "load":
    case "recall":
    case "find":
    case "query":
      return undefined;
    case "close":
      return { type: "closed" };
  }
}
