import type { OpenRequest } from "../../../lib/store/store_messages.ts";

/** Makes a request to open a database from which nothing is removed. */
export function openRequest(
  path: string,
  change: Partial<OpenRequest> = {},
): OpenRequest {
  return {
    type: "open",
    path,
    room: "Room",
    recentEvents: 100,
    retention: { maxAgeMs: undefined, maxBytes: undefined },
    ...change,
  };
}
