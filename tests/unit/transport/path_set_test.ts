import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../../lib/transport/address.ts";
import { PathSet } from "../../../lib/transport/path_set.ts";

const [HOME, CAFE, TRAIN]: Address[] = [1, 2, 3].map((host) => ({
  hostname: `10.0.0.${host}`,
  port: 5000,
}));

function pathsFromHome(): PathSet {
  let next = 0;
  return new PathSet(HOME!, (length) => new Uint8Array(length).fill(++next));
}

Deno.test("PathSet starts where the handshake has proven the peer", () => {
  const paths = pathsFromHome();
  assertEquals(paths.current.remote, HOME);
  assertEquals([paths.current.isValidated, paths.giveUpUs], [true, Infinity]);
  assertEquals(paths.follow({ ...HOME! }, 0), "none");
});

Deno.test("PathSet.follow() begins an unproven path, each with its own challenge", () => {
  const paths = pathsFromHome();
  assertEquals(paths.follow(CAFE!, 10), "new");
  assertEquals(paths.current.remote, CAFE);
  assertEquals(paths.current.isValidated, false);
  const { challenge } = paths.current;
  assertEquals(challenge.length, 8);
  assertEquals(paths.follow(TRAIN!, 20), "new");
  assert(paths.current.challenge.join() !== challenge.join());
  // The answer to an older challenge proves nothing about this path.
  paths.onResponse(challenge);
  assertEquals(paths.current.isValidated, false);
});

Deno.test("PathSet.follow() returns to the proven path without a challenge", () => {
  const paths = pathsFromHome();
  paths.follow(CAFE!, 10);
  paths.follow(TRAIN!, 20);
  assertEquals(paths.follow(HOME!, 30), "returned");
  assertEquals([paths.current.remote, paths.current.isValidated], [HOME, true]);
});

Deno.test("PathSet.follow() tells a peer's port from another's", () => {
  const paths = pathsFromHome();
  assertEquals(paths.follow({ ...HOME!, port: 5001 }, 0), "new");
});

Deno.test("PathSet.onResponse() proves the path, and the old one is forgotten", () => {
  const paths = pathsFromHome();
  paths.follow(CAFE!, 10);
  paths.onResponse(paths.current.challenge);
  assertEquals([paths.current.remote, paths.giveUpUs], [CAFE, Infinity]);
  assertEquals(paths.follow(HOME!, 20), "new");
});

Deno.test("PathSet.handleTimeout() falls back to the proven path when nobody answers", () => {
  const paths = pathsFromHome();
  paths.follow(CAFE!, 10);
  const { giveUpUs } = paths;
  paths.handleTimeout(giveUpUs - 1);
  assertEquals(paths.current.remote, CAFE);
  paths.handleTimeout(giveUpUs);
  assertEquals([paths.current.remote, paths.giveUpUs], [HOME, Infinity]);
  paths.handleTimeout(giveUpUs + 1);
  assertEquals(paths.current.remote, HOME);
});
