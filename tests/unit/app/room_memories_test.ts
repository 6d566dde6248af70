import type { ChatClientEvent } from "../../../lib/chat/chat_client_event.ts";
import { assertEquals } from "@std/assert";
import { RoomMemories } from "../../../lib/app/room_memories.ts";
import type {
  ClientJournal,
  ClientMemory,
  KeptRoom,
} from "../../../lib/chat/client_journal.ts";
import { decodeHex, encodeHex } from "../../../lib/base/bytes.ts";
import type { OutgoingAct } from "../../../lib/chat/outbox.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import type { SeenEvent } from "../../../lib/chat/seen_event.ts";
import type { ClientEvent } from "../../../lib/ui/bridge.ts";
import { NOON_MS, WELCOME } from "../ui/fake_session.ts";

const EPOCH = new Uint8Array(8).fill(1);
const PLACE = { epochId: EPOCH, lastSequence: 4 };
const HEX = encodeHex(EPOCH);
const { kind, room, self, openRoom, topic, messageLimitCharacters } = WELCOME;
const { fingerprint } = WELCOME;
const KNOWN = {
  kind,
  room,
  self,
  openRoom,
  topic,
  messageLimitCharacters,
  fingerprint,
};
const ID = "0a".repeat(16);
const SEEN: SeenEvent = {
  sequence: 3,
  author: "Budi",
  accountId: 0,
  own: false,
  act: plainMessage("halo"),
  timeMs: NOON_MS,
};
const EDIT = { type: "edit", target: 3, text: "hello" } as const;
const SEEN_EDIT: SeenEvent = { ...SEEN, sequence: 4, act: EDIT };
const WAITING: OutgoingAct = {
  id: decodeHex(ID),
  act: plainMessage("still here"),
  timeMs: NOON_MS,
};
const WAITING_CHANGE: OutgoingAct = {
  id: new Uint8Array(16),
  act: { type: "pin", target: 3, isOn: true },
  timeMs: NOON_MS,
};

/** A journal that writes down what it was told. */
class FakeJournal implements ClientJournal {
  readonly calls: unknown[] = [];
  readonly memory: ClientMemory;

  constructor(left: Partial<KeptRoom> = {}) {
    const room = {
      roomId: 1,
      place: undefined,
      known: undefined,
      outbox: [],
      events: [],
      ...left,
    };
    this.memory = { clientInstance: new Uint8Array(16), rooms: [room] };
  }

  record = (_: number, event: unknown): void => this.#note("record", event);
  setRoom = (_: number, room: unknown): void => this.#note("setRoom", room);
  setPlaces = (places: unknown): void => this.#note("setPlaces", places);
  dropRoom = (roomId: unknown): void => this.#note("dropRoom", roomId);
  startOver = (): void => this.#note("startOver");
  startAnew = (instance: unknown): void => this.#note("startAnew", instance);
  close = (): void => this.#note("close");

  #note(...call: unknown[]): void {
    this.calls.push(call);
  }
}

function setUp(left: Partial<KeptRoom> = {}) {
  const journal = new FakeJournal(left);
  const shown: ClientEvent[] = [];
  const roomMemory = new RoomMemories(journal, (event) => shown.push(event));
  return { journal, shown, roomMemory };
}

const LEFT = {
  place: PLACE,
  known: KNOWN,
  outbox: [WAITING, WAITING_CHANGE],
  events: [SEEN, SEEN_EDIT],
};

const SHOWN_SEEN: ChatClientEvent[] = [
  {
    type: "message",
    roomId: 1,
    id: `${HEX}-3`,
    author: "Budi",
    accountId: 0,
    own: false,
    style: "plain",
    replyTo: 0,
    text: "halo",
    timeMs: NOON_MS,
    earlier: true,
    delivery: { state: "stored", sequence: 3, timeMs: NOON_MS, forwardedTo: 0 },
  },
  { ...SEEN_EDIT, type: "change", roomId: 1, act: EDIT, earlier: true },
];

const SHOWN_WAITING = {
  type: "message",
  roomId: 1,
  id: ID,
  author: "Ani",
  own: true,
  style: "plain",
  replyTo: 0,
  text: "still here",
  timeMs: NOON_MS,
  earlier: false,
  delivery: { state: "queued" },
} as const;

Deno.test("RoomMemories shows what is left after the first welcome, once", () => {
  const { journal, shown, roomMemory } = setUp(LEFT);
  roomMemory.handleWelcome(WELCOME, PLACE);
  assertEquals<unknown>(shown, [...SHOWN_SEEN, SHOWN_WAITING]);
  roomMemory.handleWelcome(WELCOME, PLACE);
  assertEquals(shown.length, 3);
  assertEquals(journal.calls, [["setRoom", KNOWN], ["setRoom", KNOWN]]);
});

Deno.test("RoomMemories.dropRoom() keeps nothing for who comes back", () => {
  const { shown, roomMemory } = setUp({ ...LEFT, roomId: 2 });
  roomMemory.handleWelcome({ ...WELCOME, roomId: 2 }, PLACE);
  assertEquals(shown.length, 3);
  roomMemory.dropRoom(2);
  // The server tells it all again.
  roomMemory.handleWelcome({ ...WELCOME, roomId: 2 }, PLACE);
  assertEquals(shown.length, 3);
});

Deno.test("RoomMemories.showSilentRooms() shows a room without its server", () => {
  const { shown, roomMemory } = setUp(LEFT);
  const { host, port } = WELCOME;
  assertEquals(roomMemory.showSilentRooms({ host, port }), true);
  const now = {
    members: ["Ani"],
    epoch: HEX,
    lastSequence: 4,
    readSequence: 4,
  };
  const welcome = { ...WELCOME, ...now };
  assertEquals<unknown>(shown, [welcome, ...SHOWN_SEEN, SHOWN_WAITING]);
  roomMemory.handleWelcome(WELCOME, PLACE);
  assertEquals(shown.length, 4);
});

Deno.test("RoomMemories.showSilentRooms() knows nothing of a room never seen", () => {
  const { shown, roomMemory } = setUp();
  assertEquals(roomMemory.showSilentRooms({ host: "h", port: 1 }), false);
  assertEquals<unknown>(shown, []);
});

Deno.test("RoomMemories starts over where the numbers mean something else", () => {
  const { journal, shown, roomMemory } = setUp(LEFT);
  const epochId = new Uint8Array(8).fill(2);
  roomMemory.handleWelcome(WELCOME, { epochId, lastSequence: 0 });
  assertEquals<unknown>(shown, [SHOWN_WAITING]);
  assertEquals(journal.calls[0], ["startOver"]);
});

Deno.test("RoomMemories.startAnew() forgets what is not there any more", () => {
  const { journal, shown, roomMemory } = setUp(LEFT);
  const instance = new Uint8Array(16).fill(9);
  roomMemory.startAnew(instance);
  roomMemory.handleWelcome(WELCOME, PLACE);
  assertEquals<unknown>(shown, [SHOWN_WAITING]);
  assertEquals(journal.calls[0], ["startAnew", instance]);
  assertEquals(journal.calls[1], ["setRoom", KNOWN]);
});

Deno.test("RoomMemories writes down what happens, and the place", () => {
  const { journal, roomMemory } = setUp();
  const events = [
    { type: "queued", outgoing: WAITING },
    { type: "settled", id: WAITING.id },
    { type: "seen", event: SEEN_EDIT },
  ] as const;
  for (const event of events) roomMemory.record(1, event);
  const places = new Map([[1, PLACE]]);
  roomMemory.setPlaces(places);
  roomMemory.close();
  assertEquals(journal.calls, [
    ...events.map((event) => ["record", event]),
    ["setPlaces", places],
    ["close"],
  ]);
});

Deno.test("RoomMemories keeps the topic of now, and shows no earlier one", () => {
  const act = { type: "topic", text: "exam" } as const;
  const event: SeenEvent = { ...SEEN, act };
  const { journal, shown, roomMemory } = setUp({ ...LEFT, events: [event] });
  roomMemory.record(1, { type: "seen", event });
  assertEquals(journal.calls[1], ["setRoom", { ...KNOWN, topic: "exam" }]);
  roomMemory.handleWelcome(WELCOME, PLACE);
  assertEquals<unknown>(shown, [SHOWN_WAITING]);
});
