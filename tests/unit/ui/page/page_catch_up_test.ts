import { assert, assertEquals } from "@std/assert";
import type { ClientEvent } from "../../../../lib/ui/bridge.ts";
import {
  isCatchUp,
  withoutCatchUp,
} from "../../../../lib/ui/page/page_catch_up.ts";
import {
  INITIAL_PAGE_STATE,
  reducePage,
  type RoomState,
} from "../../../../lib/ui/page/page_state.ts";
import { WELCOME } from "../fake_session.ts";

const BEGUN = {
  type: "catchUp",
  roomId: 1,
  stage: "begun",
  events: 300,
} as const;
const DONE = { type: "catchUp", roomId: 1, stage: "done" } as const;

function past(sequence: number, text = `past ${sequence}`) {
  return {
    sequence,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text,
    isEdited: false,
    timeMs: 0,
  } as const;
}

function preview(...messages: ReturnType<typeof past>[]): ClientEvent {
  return { type: "catchUp", roomId: 1, stage: "preview", messages };
}

function message(sequence: number): ClientEvent {
  return {
    type: "message",
    roomId: 1,
    id: `${sequence}`,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text: `text ${sequence}`,
    timeMs: 0,
    earlier: false,
    delivery: { state: "stored", sequence, timeMs: 0, forwardedTo: 0 },
  };
}

const QUEUED: ClientEvent = {
  ...message(0),
  id: "own",
  text: "own",
  own: true,
  delivery: { state: "queued" },
} as ClientEvent;

function after(...events: readonly ClientEvent[]): RoomState {
  const state = [WELCOME, ...events].reduce(reducePage, INITIAL_PAGE_STATE);
  return state.room!;
}

/** What is shown, from above. */
function shown({ items }: RoomState): string[] {
  return items.map((item) => {
    if (item.type === "message") return item.id;
    const { event } = item;
    if (event.type !== "fetching") return event.type;
    const newest = event.newest.map(({ sequence }) => sequence);
    return `${event.events} missed: ${newest}`;
  });
}

Deno.test("reducePage() says how much was missed, and shows the newest of it when it is there", () => {
  assertEquals(shown(after(BEGUN)), ["300 missed: "]);
  const state = after(BEGUN, preview(past(299), past(300)));
  assertEquals(shown(state), ["300 missed: 299,300"]);
});

Deno.test("reducePage() puts what comes above the newest page, and what waits below it", () => {
  const state = after(
    message(1),
    QUEUED,
    BEGUN,
    message(2),
    preview(past(300)),
    message(3),
  );
  assertEquals(shown(state), ["1", "2", "3", "300 missed: 300", "own"]);
});

Deno.test("reducePage() takes the newest page away when all has come", () => {
  const state = after(BEGUN, preview(past(2)), message(1), message(2), DONE);
  assertEquals(shown(state), ["1", "2"]);
});

Deno.test("reducePage() begins again after a break with one page", () => {
  const again = { ...BEGUN, events: 200 };
  const state = after(BEGUN, preview(past(300)), message(1), DONE, again);
  assertEquals(shown(state), ["1", "200 missed: "]);
  // Also where nothing told that the first one was over.
  assertEquals(shown(after(BEGUN, again)), ["200 missed: "]);
});

Deno.test("reducePage() shows no newest page once all has come", () => {
  assertEquals(shown(after(BEGUN, DONE, preview(past(300)))), []);
});

Deno.test("withoutCatchUp() leaves everything else", () => {
  const { items } = after(message(1), BEGUN, QUEUED);
  assertEquals(items.map(isCatchUp), [false, true, false]);
  const rest = withoutCatchUp(items);
  assertEquals(rest.length, 2);
  assert(!rest.some(isCatchUp));
  assertEquals(isCatchUp(undefined), false);
});
