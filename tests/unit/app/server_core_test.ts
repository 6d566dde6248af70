import { plainMessage } from "../../../lib/chat/room_event.ts";
import { assert } from "@std/assert";
import { DRAINED_BYTES } from "../../../lib/app/server_core.ts";
import {
  HISTORY_PAGE_MESSAGES,
  MAX_MESSAGE_CHARACTERS,
  MAX_NAME_CHARACTERS,
  MAX_TIME_MS,
  MESSAGE_ID_BYTES,
} from "../../../lib/chat/limits.ts";
import { makeHistoryEntry } from "../../../lib/chat/room_history.ts";
import { MAX_BUFFERED_BYTES } from "../../../lib/transport/transport_config.ts";

Deno.test("ServerCore closes nobody as too slow for a page of the longest messages", () => {
  const { bytes } = makeHistoryEntry({
    sequence: Number.MAX_SAFE_INTEGER,
    id: new Uint8Array(MESSAGE_ID_BYTES),
    authorKey: "",
    accountId: 0,
    author: "🙂".repeat(MAX_NAME_CHARACTERS),
    act: plainMessage("🙂".repeat(MAX_MESSAGE_CHARACTERS)),
    timeMs: MAX_TIME_MS,
  }, 0);
  const pageBytes = HISTORY_PAGE_MESSAGES * bytes.length;
  assert(DRAINED_BYTES + pageBytes < MAX_BUFFERED_BYTES);
});
