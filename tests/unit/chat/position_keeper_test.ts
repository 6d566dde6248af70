import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import type { Change } from "../../../lib/chat/change.ts";
import { PositionKeeper } from "../../../lib/chat/position_keeper.ts";

function setUp() {
  const written: Change[] = [];
  const keeper = new PositionKeeper((change) => written.push(change));
  return { keeper, written };
}

function at(person: string, read: number) {
  return { person, delivered: read, read };
}

function inDefaultRoom(...positions: readonly ReturnType<typeof at>[]): Change {
  return { type: "positions", roomId: 1, positions };
}

Deno.test("PositionKeeper.keep() has what is read in other rooms written at once", () => {
  const { keeper, written } = setUp();
  keeper.keep(2, [at("ann", 3)]);
  keeper.keep(2, []);
  assertEquals(written, [
    { type: "positions", roomId: 2, positions: [at("ann", 3)] },
  ]);
  assertEquals(keeper.nextTimeoutUs(), undefined);
});

Deno.test("PositionKeeper writes once a minute what is read in the default room", () => {
  const { keeper, written } = setUp();
  assertEquals(keeper.nextTimeoutUs(), undefined);
  keeper.handleTimeout(0);
  assertEquals(written, []);
  for (let second = 0; second < 120; second++) {
    const nowUs = second * US_PER_S;
    keeper.keep(1, [at("ann", second + 1), at("bob", 2 * second + 1)]);
    keeper.handleTimeout(nowUs);
  }
  assertEquals(written, [
    inDefaultRoom(at("ann", 1), at("bob", 1)),
    inDefaultRoom(at("ann", 61), at("bob", 121)),
  ]);
  assertEquals(keeper.nextTimeoutUs(), 120 * US_PER_S);
  keeper.handleTimeout(120 * US_PER_S);
  assertEquals(written[2], inDefaultRoom(at("ann", 120), at("bob", 239)));
  assertEquals(keeper.nextTimeoutUs(), undefined);
});

Deno.test("PositionKeeper.readSequenceOf() tells what is not written", () => {
  const { keeper } = setUp();
  keeper.keep(1, [at("ann", 3)]);
  assertEquals(keeper.readSequenceOf("ann"), 3);
  assertEquals(keeper.readSequenceOf("bob"), 0);
  keeper.flush();
  assertEquals(keeper.readSequenceOf("ann"), 0);
});

Deno.test("PositionKeeper.flush() writes at once what was gathered", () => {
  const { keeper, written } = setUp();
  keeper.keep(1, [at("ann", 1)]);
  keeper.handleTimeout(0);
  keeper.keep(1, [at("ann", 2)]);
  keeper.flush();
  keeper.flush();
  assertEquals(written, [
    inDefaultRoom(at("ann", 1)),
    inDefaultRoom(at("ann", 2)),
  ]);
});
