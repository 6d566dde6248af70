import { assertEquals } from "@std/assert";
import {
  CLIENT_TRANSPORT_CONFIG,
  SERVER_TRANSPORT_CONFIG,
} from "../../../lib/app/transport_configs.ts";
import { decodeClose } from "../../../lib/chat/close_code.ts";
import { Pair } from "../transport/pair.ts";

/** A pair of which the server never accepts the login, on a path that takes so long. */
function stuckLogin(latencyUs: number): Pair {
  const pair = new Pair({
    client: CLIENT_TRANSPORT_CONFIG,
    server: SERVER_TRANSPORT_CONFIG,
  });
  pair.latencyUs = latencyUs;
  pair.server.logsIn = false;
  pair.connect();
  pair.advance(CLIENT_TRANSPORT_CONFIG.loginTimeoutUs + 5_000_000);
  return pair;
}

for (const latencyMs of [1, 100, 900]) {
  Deno.test(`a client is told that its login took too long, over ${latencyMs} ms`, () => {
    const pair = stuckLogin(1_000 * latencyMs);
    const { closed } = pair.client;
    assertEquals(closed, { type: "application", code: 9, reason: "" });
    assertEquals(pair.server.closed, { type: "local", code: 9, reason: "" });
    const told = decodeClose({ code: 9, reason: "" });
    assertEquals(told, { type: "loginTimeout" });
    const { client, server } = pair;
    assertEquals([client.endpoint.size, server.endpoint.size], [0, 0]);
  });
}

Deno.test("a client whose server is gone during the login gives up by itself", () => {
  const pair = new Pair({
    client: CLIENT_TRANSPORT_CONFIG,
    server: SERVER_TRANSPORT_CONFIG,
  });
  pair.server.logsIn = false;
  pair.connect();
  pair.advance(5_000_000);
  pair.delivers = () => false;
  pair.advance(CLIENT_TRANSPORT_CONFIG.loginTimeoutUs);
  assertEquals(pair.client.closed, { type: "loginTimeout" });
});
