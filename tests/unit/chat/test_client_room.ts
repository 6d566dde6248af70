import { ClientRoom } from "../../../lib/chat/client_room.ts";
import type { ClientRoomEvent } from "../../../lib/chat/chat_client_event.ts";
import {
  type ClientMessage,
  decodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../../lib/chat/message_deframer.ts";
import { plainMessage } from "../../../lib/chat/room_event.ts";
import type { WelcomeMessage } from "../../../lib/chat/welcome_message.ts";
import { EPOCH, idOf, TIME } from "./test_room.ts";
import { GUEST_ROOM, guests } from "./wire_values.ts";

/** The welcome to a new room. */
export const WELCOME: WelcomeMessage = {
  type: "welcome",
  room: "Lab",
  self: "Ani",
  epochId: EPOCH,
  resumeAfter: 0,
  lastSequence: 0,
  openRoom: true,
  topic: "",
  messageCharacters: 10,
  messageBurst: 1_000,
  messagesPerSecond: 1_000,
  ...GUEST_ROOM,
  members: guests("Budi", "Ani"),
};

/** A client that waits for its welcome. */
export function connected(): ClientRoom {
  const client = new ClientRoom();
  client.handleConnected();
  takeSent(client);
  return client;
}

/** A client in the room. */
export function online(): ClientRoom {
  const client = connected();
  give(client, WELCOME);
  takeEvents(client);
  return client;
}

/** A message of Budi. */
export function message(sequence: number): ServerMessage & { type: "event" } {
  return {
    type: "event",
    sequence,
    author: "Budi",
    accountId: 0,
    act: plainMessage(`text ${sequence}`),
    timeMs: TIME,
  };
}

/** The answer to an act that has its place. */
export function stored(id: number, sequence: number): ServerMessage {
  return {
    type: "stored",
    id: idOf(id),
    sequence,
    timeMs: TIME,
    forwardedTo: 3,
  };
}

/** Gives a client messages of its server. */
export function give(client: ClientRoom, ...messages: ServerMessage[]): void {
  for (const message of messages) {
    client.handleData(frameMessage(encodeServerMessage(message)), 0);
  }
}

/** Takes what a client sends now. */
export function takeSent(client: ClientRoom, nowUs = 0): ClientMessage[] {
  const deframer = new MessageDeframer(100_000);
  const sent: ClientMessage[] = [];
  for (;;) {
    const bytes = client.pollTransmit(nowUs);
    if (bytes === undefined) return sent;
    sent.push(...deframer.push(bytes).map(decodeClientMessage));
  }
}

/** Takes what a client told since the last call, but for the journal. */
export function takeEvents(client: ClientRoom): ClientRoomEvent[] {
  const events: ClientRoomEvent[] = [];
  for (;;) {
    const event = client.pollEvent();
    if (event === undefined) return events;
    if (!isForJournal(event)) events.push(event);
  }
}

/** Whether no face is told of it. */
export function isForJournal({ type }: ClientRoomEvent): boolean {
  return type === "queued" || type === "settled" || type === "seen";
}
