import type {
  ClientCommand,
  ClientEvent,
  ConnectionState,
  FaceSession,
} from "../../../lib/ui/bridge.ts";

/** A session that only does what a test tells it. */
export class FakeSession implements FaceSession {
  /** What the face asked for, oldest first. */
  readonly commands: ClientCommand[] = [];
  #listener: (event: ClientEvent) => void = () => {};

  handleCommand(command: ClientCommand): void {
    this.commands.push(command);
  }

  subscribe(listener: (event: ClientEvent) => void): void {
    this.#listener = listener;
  }

  emit(...events: ClientEvent[]): void {
    for (const event of events) this.#listener(event);
  }

  /** Takes the commands that came since the last call. */
  take(): ClientCommand[] {
    return this.commands.splice(0);
  }
}

type Event<Type extends ClientEvent["type"]> = Extract<
  ClientEvent,
  { readonly type: Type }
>;

/** Half past two in the afternoon of a Sunday, in UTC. */
export const NOON_MS: number = Date.UTC(2026, 10, 22, 14, 30);

/** A login form that remembers nothing. */
export const EMPTY_FORM: Event<"loginForm"> = {
  type: "loginForm",
  host: "",
  port: 8080,
  name: "",
};

/** The inside of a room with Ani and Budi in it. */
export const WELCOME: Event<"welcome"> = {
  kind: "public",
  isLocked: false,
  slowSeconds: 0,
  readSequence: 0,
  type: "welcome",
  roomId: 1,
  room: "Lobby",
  self: "Ani",
  members: ["Ani", "Budi"],
  openRoom: false,
  topic: "",
  epoch: "e1",
  fingerprint: "ABCD EFGH",
  host: "10.0.0.1",
  port: 8080,
  messageLimitCharacters: 20,
  lastSequence: 0,
};

/** A second room that somebody has made. */
export const OPENED: Event<"roomOpened"> = {
  type: "roomOpened",
  roomId: 2,
  kind: "public",
  name: "Sains",
  by: "",
  isNew: true,
  lastSequence: 0,
  readSequence: 0,
};

/** The inside of that one. */
export const OPENED_WELCOME: Event<"welcome"> = {
  ...WELCOME,
  roomId: OPENED.roomId,
  room: OPENED.name,
};

/**
 * Makes a message of Budi.
 *
 * @param changes What is different.
 * @returns The event.
 */
export function message(
  changes: Partial<Event<"message">> = {},
): Event<"message"> {
  return {
    type: "message",
    roomId: 1,
    id: "m1",
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text: "halo",
    timeMs: NOON_MS,
    earlier: false,
    delivery: {
      state: "stored",
      sequence: 1,
      timeMs: NOON_MS,
      forwardedTo: 1,
    },
    ...changes,
  };
}

/**
 * Makes an own message that the server does not have yet.
 *
 * @param id The message's ID.
 * @param text What it says.
 * @param roomId In which room.
 * @returns The event.
 */
export function ownMessage(
  id: string,
  text: string,
  roomId = 1,
): Event<"message"> {
  const delivery = { state: "queued" } as const;
  return message({ roomId, id, text, own: true, author: "Ani", delivery });
}

/**
 * Makes a change of the connection.
 *
 * @param state How it is now.
 * @param attempt Which attempt to reconnect it is.
 * @returns The event.
 */
export function connection(
  state: ConnectionState["state"],
  attempt = 1,
): Event<"connection"> {
  return {
    type: "connection",
    connection: state === "reconnecting"
      ? { state, attempt, serverStopped: false }
      : { state },
  };
}

/**
 * Makes the event of a message that reached the server.
 *
 * @param id The message's ID.
 * @param roomId In which room.
 * @returns The event.
 */
export function stored(id: string, roomId = 1): Event<"delivery"> {
  return {
    type: "delivery",
    roomId,
    id,
    delivery: {
      state: "stored",
      sequence: 1,
      timeMs: NOON_MS,
      forwardedTo: 1,
    },
  };
}
