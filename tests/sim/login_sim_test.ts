import { assert, assertEquals } from "@std/assert";
import { makeWorld } from "./chat_world.ts";

const LAN = {
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  corruptPercent: 0,
  delayUs: 500,
  jitterUs: 100,
};

Deno.test("a wrong password costs one guess, guesses run out, and others still get in", () => {
  const { simulation, clients } = makeWorld(1, { clients: 2, profile: LAN });
  const [guesser, guest] = clients;
  const codes: string[] = [];
  for (let guess = 0; guess < 60; guess++) {
    guesser!.login(`wrong ${guess}`);
    assert(simulation.runUntil(() => guesser!.isOut, 10_000_000));
    const answer = guesser!.events.at(-1);
    assert(answer?.type === "loginRefused");
    codes.push(answer.refusal.code);
  }
  // A burst of 20 at one name, and one more for each half minute that it took.
  assertEquals(new Set(codes.slice(0, 20)), new Set(["wrongPassword"]));
  assertEquals(codes.at(-1), "throttled");
  guest!.login();
  assert(simulation.runUntil(() => guest!.isInRoom, 10_000_000));
});
