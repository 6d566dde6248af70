import { US_PER_S } from "../base/time.ts";
import type { Change } from "./change.ts";
import type { PersonKey } from "./person.ts";
import type { PersonPosition } from "./positions.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";

/**
 * Has the store keep how far people are in rooms (docs/PROTOCOL.md section
 * 7.11). In the default room is everybody, and a thousand may read every message
 * at once: of that room it is gathered, and written once a minute at most, and
 * at the end of the server.
 */
export class PositionKeeper {
  readonly #write: (change: Extract<Change, { type: "positions" }>) => void;
  /** In the default room, not written yet. */
  readonly #gathered = new Map<PersonKey, PersonPosition>();
  /** When these may be written. */
  #nextUs = 0;

  /**
   * Starts with nothing to write.
   *
   * @param write Asks the store to change something.
   */
  constructor(
    write: (change: Extract<Change, { type: "positions" }>) => void,
  ) {
    this.#write = write;
  }

  /**
   * Keeps how far people are. Nobody waits for that.
   *
   * @param roomId In which room.
   * @param moved Who is further than before.
   */
  keep(roomId: number, moved: readonly PersonPosition[]): void {
    if (roomId === DEFAULT_ROOM_ID) {
      for (const position of moved) {
        this.#gathered.set(position.person, position);
      }
    } else this.#writeAll(roomId, moved);
  }

  /**
   * Tells how far somebody is in the default room, as far as that is not
   * written.
   *
   * @param person Who.
   * @returns The last event that the person has read; 0 if it is not known.
   */
  readSequenceOf(person: PersonKey): number {
    return this.#gathered.get(person)?.read ?? 0;
  }

  /**
   * Tells when {@linkcode PositionKeeper.handleTimeout} has something to do.
   *
   * @returns The monotonic time, perhaps past; undefined while there is nothing.
   */
  nextTimeoutUs(): number | undefined {
    return this.#gathered.size > 0 ? this.#nextUs : undefined;
  }

  /**
   * Writes what was gathered, if it is time.
   *
   * @param nowUs The monotonic time.
   */
  handleTimeout(nowUs: number): void {
    if (this.#gathered.size === 0 || nowUs < this.#nextUs) return;
    this.#nextUs = nowUs + INTERVAL_US;
    this.flush();
  }

  /** Writes what was gathered. */
  flush(): void {
    const gathered = Array.from(this.#gathered.values());
    this.#gathered.clear();
    this.#writeAll(DEFAULT_ROOM_ID, gathered);
  }

  #writeAll(roomId: number, positions: readonly PersonPosition[]): void {
    if (positions.length === 0) return;
    this.#write({ type: "positions", roomId, positions });
  }
}

/**
 * A server that is killed forgets no more of what was read than this; a thousand
 * rows take some milliseconds.
 */
const INTERVAL_US = 60 * US_PER_S;
