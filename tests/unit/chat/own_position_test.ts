import { assertEquals } from "@std/assert";
import { US_PER_S } from "../../../lib/base/time.ts";
import { OwnPosition } from "../../../lib/chat/own_position.ts";

/** What a position tells when it is due. */
function due(position: OwnPosition, nowUs: number) {
  assertEquals(position.poll(nowUs), undefined, "not at once");
  const dueUs = position.nextTimeoutUs(nowUs)!;
  return [dueUs, position.poll(dueUs)];
}

Deno.test("OwnPosition.poll() tells what came and what was read of it together", () => {
  const position = new OwnPosition();
  position.handleDelivered(3);
  assertEquals(position.nextTimeoutUs(0), US_PER_S / 4);
  position.handleRead(3);
  assertEquals(due(position, 1), [
    US_PER_S / 4,
    { type: "position", delivered: 3, read: 3 },
  ]);
});

Deno.test("OwnPosition.poll() tells nothing twice", () => {
  const position = new OwnPosition();
  position.handleDelivered(3);
  due(position, 0);
  position.handleDelivered(3);
  position.handleRead(0);
  assertEquals(position.poll(9 * US_PER_S), undefined);
  assertEquals(position.nextTimeoutUs(9 * US_PER_S), undefined);
});

Deno.test("OwnPosition.poll() tells something once a second at most", () => {
  const position = new OwnPosition();
  let told = 0;
  for (let nowUs = 0; nowUs < 10 * US_PER_S; nowUs += 10_000) {
    position.handleDelivered(nowUs);
    position.handleRead(nowUs);
    if (position.poll(nowUs) !== undefined) told++;
  }
  assertEquals(told, 10);
});

Deno.test("OwnPosition.poll() tells at once what is told last", () => {
  const position = new OwnPosition();
  position.handleDelivered(3);
  position.handleRead(9);
  const last = { type: "position", delivered: 3, read: 3 } as const;
  assertEquals(position.poll(undefined), last);
  assertEquals(position.poll(undefined), undefined);
});

Deno.test("OwnPosition.handleConnected() has it told again", () => {
  const position = new OwnPosition();
  position.handleDelivered(3);
  const [, told] = due(position, 0);
  position.handleConnected();
  assertEquals(due(position, US_PER_S)[1], told);
});

Deno.test("OwnPosition.reset() begins anew", () => {
  const position = new OwnPosition();
  position.handleDelivered(3);
  position.handleRead(3);
  position.reset();
  assertEquals(position.poll(undefined), undefined);
  position.handleDelivered(3);
  assertEquals(due(position, US_PER_S)[1], {
    type: "position",
    delivered: 3,
    read: 0,
  });
});

Deno.test("OwnPosition.handleKnown() has nothing told that the server knows", () => {
  const position = new OwnPosition();
  position.handleDelivered(3);
  due(position, 0);
  position.handleKnown(2);
  assertEquals(position.poll(undefined), undefined);
  position.handleRead(1);
  assertEquals(position.poll(undefined), undefined);
  position.handleRead(3);
  const last = { type: "position", delivered: 3, read: 3 } as const;
  assertEquals(position.poll(undefined), last);
});

Deno.test("OwnPosition.handleKnown() counts for what is told later", () => {
  const position = new OwnPosition();
  position.handleKnown(7);
  assertEquals(position.poll(undefined), undefined);
  position.handleDelivered(9);
  const last = { type: "position", delivered: 9, read: 7 } as const;
  assertEquals(position.poll(undefined), last);
});
