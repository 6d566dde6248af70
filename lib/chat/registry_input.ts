/**
 * What a {@linkcode RoomRegistry} takes.
 *
 * @module
 */

import type { RoomFacts } from "./change.ts";
import type { InputTime } from "./chat_server_input.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { People } from "./people.ts";
import type { Person, PersonKey } from "./person.ts";
import type { KnownRoom } from "./room_directory.ts";
import type { LogState } from "./room_log.ts";
import type { RoomClosing } from "./room_news.ts";

/** Told what has become durable. */
export interface RegistryListener {
  /** The rooms of somebody are known now. */
  readonly onPersonKnown: (person: PersonKey, time: InputTime) => void;
  /** Somebody is in one more room. */
  readonly onOpened: (person: PersonKey, room: KnownRoom, by: string) => void;
  /** Somebody is not in a room any more. */
  readonly onClosed: (
    person: PersonKey,
    roomId: number,
    reason: RoomClosing,
    time: InputTime,
  ) => void;
  /** From now on nothing more may be said in a room. */
  readonly onArchiving: (roomId: number) => void;
  /** Who may say something in a room has changed. */
  readonly onGate: (room: KnownRoom) => void;
  /** A room's log, as it was asked for. */
  readonly onRoomState: (
    roomId: number,
    state: LogState,
    time: InputTime,
  ) => void;
}

/** What a registry is made with. */
export interface RegistryOptions {
  /** The rooms at the start, the default one among them. */
  readonly rooms: readonly RoomFacts[];
  /** The highest number that any room ever had. */
  readonly lastRoomId: number;
  /** Takes changes and questions. */
  readonly outputs: OutputQueue;
  /** Who is connected. */
  readonly people: People;
  /** Told what has become durable. */
  readonly listener: RegistryListener;
}

/** Who asks for something. */
export interface Asker {
  /** Who. */
  readonly person: Person;
  /** The wall clock. */
  readonly timeMs: number;
}

/** Called when what was asked for is durable. */
export type WhenDone = (roomId: number) => void;
