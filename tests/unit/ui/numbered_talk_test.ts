import { assertEquals } from "@std/assert";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import type { ChangeAct } from "../../../lib/chat/room_event.ts";
import {
  MAX_TALK_NUMBER,
  NumberedTalk,
  type TalkEvent,
} from "../../../lib/ui/numbered_talk.ts";
import { message, NOON_MS, ownMessage, WELCOME } from "./fake_session.ts";

/** A message of somebody else with that place. */
function said(sequence: number): TalkEvent<"message"> {
  const delivery = {
    state: "stored",
    sequence,
    timeMs: NOON_MS,
    forwardedTo: 0,
  } as const;
  const text = `text ${sequence}`;
  return message({ text, delivery }) as TalkEvent<"message">;
}

function own(id: string): TalkEvent<"message"> {
  return ownMessage(id, id) as TalkEvent<"message">;
}

function delivered(id: string, sequence: number): TalkEvent<"delivery"> {
  const { delivery } = said(sequence);
  return { type: "delivery", roomId: 1, id, delivery };
}

function change(act: ChangeAct, isOwn = true): TalkEvent<"change"> {
  const rest = { sequence: 99, author: "Ani", own: isOwn, earlier: false };
  return {
    type: "change",
    roomId: 1,
    act,
    timeMs: NOON_MS,
    ...rest,
  } satisfies ClientEvent;
}

Deno.test("NumberedTalk numbers messages as they come, and finds them both ways", () => {
  const talk = new NumberedTalk();
  assertEquals([70, 80].map((at) => talk.handleMessage(said(at))), [1, 2]);
  assertEquals([1, 2, 3, 0].map((number) => talk.sequenceOf(number)), [
    70,
    80,
    undefined,
    undefined,
  ]);
  assertEquals([talk.find(80)?.number, talk.find(80)?.text], [2, "text 80"]);
  assertEquals(talk.find(90), undefined);
});

Deno.test("NumberedTalk finds an own message once the server has it", () => {
  const talk = new NumberedTalk();
  assertEquals(talk.handleMessage(own("a")), 1);
  assertEquals([talk.sequenceOf(1), talk.lastOwn], [undefined, undefined]);
  talk.handleDelivery(delivered("a", 70));
  assertEquals([talk.sequenceOf(1), talk.lastOwn], [70, 70]);
  talk.handleMessage(own("b"));
  const reason = { code: "empty" } as const;
  talk.handleDelivery({
    roomId: 1,
    type: "delivery",
    id: "b",
    delivery: { state: "refused", reason },
  });
  assertEquals([talk.sequenceOf(2), talk.lastOwn], [undefined, 70]);
});

Deno.test("NumberedTalk.lastOwn passes over what was removed", () => {
  const talk = new NumberedTalk();
  for (const [i, id] of ["a", "b"].entries()) {
    talk.handleMessage(own(id));
    talk.handleDelivery(delivered(id, 70 + i));
  }
  talk.handleMessage(said(72));
  assertEquals(talk.lastOwn, 71);
  talk.handleChange(change({ type: "remove", target: 71 }));
  assertEquals([talk.lastOwn, talk.find(71)?.text], [70, ""]);
  talk.handleChange(change({ type: "edit", target: 71, text: "x" }));
  talk.handleChange(change({ type: "edit", target: 70, text: "x" }));
  assertEquals([talk.find(71)?.text, talk.find(70)?.text], ["", "x"]);
});

Deno.test("NumberedTalk.hasReacted() knows this person's emoji", () => {
  const talk = new NumberedTalk();
  talk.handleMessage(said(70));
  const react = (isOn: boolean, isOwn = true) =>
    talk.handleChange(
      change({ type: "react", target: 70, emoji: "👍", isOn }, isOwn),
    );
  react(true, false);
  assertEquals(talk.hasReacted(70, "👍"), false);
  react(true);
  assertEquals(talk.hasReacted(70, "👍"), true);
  assertEquals(talk.hasReacted(70, "🎉"), false);
  react(false, false);
  assertEquals(talk.hasReacted(70, "👍"), true);
  react(false);
  assertEquals(talk.hasReacted(70, "👍"), false);
});

Deno.test("NumberedTalk begins again with 1, and forgets what had that number", () => {
  const talk = new NumberedTalk();
  talk.handleMessage(own("early"));
  for (let at = 2; at <= MAX_TALK_NUMBER; at++) talk.handleMessage(said(at));
  assertEquals(talk.handleMessage(said(5_000)), 1);
  assertEquals(talk.sequenceOf(1), 5_000);
  talk.handleDelivery(delivered("early", 6_000));
  assertEquals([talk.sequenceOf(1), talk.find(6_000)], [5_000, undefined]);
  assertEquals(talk.handleMessage(said(5_001)), 2);
  assertEquals([talk.find(2), talk.sequenceOf(2)], [undefined, 5_001]);
});

Deno.test("NumberedTalk forgets the places of another log", () => {
  const talk = new NumberedTalk();
  talk.handleWelcome(WELCOME);
  talk.handleMessage(said(70));
  talk.handleWelcome(WELCOME);
  assertEquals(talk.sequenceOf(1), 70);
  talk.handleWelcome({ ...WELCOME, epoch: "e2" });
  assertEquals([talk.sequenceOf(1), talk.find(70)], [undefined, undefined]);
});
