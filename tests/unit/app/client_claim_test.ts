import { assertEquals } from "@std/assert";
import { ClientClaim } from "../../../lib/app/client_claim.ts";
import type { RoomQuestion } from "../../../lib/chat/chat_client.ts";
import type { Answer } from "../../../lib/chat/request.ts";

const PLACE = { roomId: 7, questionId: 5 };

/** A claim whose server is gone when it has to be finished. */
function setUp() {
  const asked: RoomQuestion[] = [];
  const told: unknown[] = [];
  const claim = new ClientClaim({
    opaque: {
      startClientRegistration: () => ({
        request: new Uint8Array(32),
        state: "",
      }),
    },
    loginWorker: () => new URL("file:///none"),
    serverIdentity: () => undefined,
    ask: (question) => asked.push(question),
    onClaimed: (password) => told.push(password),
    onFailed: (place) => told.push(place),
  });
  claim.start(PLACE, "hunter2");
  const answer = (answer: Answer) =>
    claim.handleEvent({ type: "answer", ...PLACE, answer });
  return { asked, told, claim, answer };
}

const STARTED = {
  type: "claimStart",
  response: new Uint8Array(64),
  stretching: { memoryKiB: 65_536, iterations: 1, parallelism: 1 },
} as const;

Deno.test("ClientClaim asks and fails in the room where the face is answered", () => {
  const { asked, told, answer } = setUp();
  const request = new Uint8Array(32);
  assertEquals(asked, [{ ...PLACE, query: { type: "claimStart", request } }]);
  assertEquals(answer(STARTED), true);
  return Promise.resolve().then(() => assertEquals(told, [PLACE]));
});

Deno.test("ClientClaim tells of the new password once it is claimed", () => {
  const { told, answer } = setUp();
  assertEquals(answer({ type: "claimed", accountId: 3 }), false);
  assertEquals(told, ["hunter2"]);
});

Deno.test("ClientClaim goes on over the answer to another question of that number", () => {
  const { told, answer } = setUp();
  assertEquals(answer({ type: "rooms", rooms: [] }), false);
  assertEquals(told, []);
  assertEquals(answer(STARTED), true);
});

Deno.test("ClientClaim is over once the server has refused it", () => {
  const { told, claim, answer } = setUp();
  const refusal = { code: "nameTaken" } as const;
  claim.handleEvent({ type: "unanswered", ...PLACE, refusal });
  assertEquals(answer(STARTED), false);
  assertEquals(told, []);
});
