import type { DatabaseSync } from "node:sqlite";
import type { MessageIndex } from "./message_index.ts";
import { RoomLog } from "./room_log.ts";
import { RoomSearch } from "./room_search.ts";

/** The log of a room and what finds something in it. */
export interface OpenLog {
  /** Its events. */
  readonly log: RoomLog;
  /** Finds messages. */
  readonly search: RoomSearch;
}

/** As many rooms as talk at the same time; of the others statements are made again. */
const MAX_OPEN_LOGS = 128;

/** The logs of a database's rooms, those in use kept open. */
export class RoomLogs {
  readonly #database: DatabaseSync;
  readonly #index: MessageIndex;
  /** By room; what was not used for the longest time comes first. */
  readonly #open = new Map<number, OpenLog>();

  /**
   * Uses a database of the present schema.
   *
   * @param database The database; it must stay open as long as this is used.
   * @param index Its index.
   */
  constructor(database: DatabaseSync, index: MessageIndex) {
    this.#database = database;
    this.#index = index;
  }

  /**
   * Gives the log of a room. Between two groups of writes it must be asked for
   * again.
   *
   * @param roomId The room's row.
   * @returns The log.
   */
  of(roomId: number): OpenLog {
    const open = this.#open.get(roomId) ?? {
      log: new RoomLog(this.#database, roomId),
      search: new RoomSearch(this.#database, roomId, this.#index),
    };
    this.#open.delete(roomId);
    this.#open.set(roomId, open);
    return open;
  }

  /**
   * Tells all that a group of writes is over.
   *
   * @param isCommitted Whether it was written; otherwise nothing of it was.
   */
  settle(isCommitted: boolean): void {
    for (const { log } of this.#open.values()) log.settle(isCommitted);
    while (this.#open.size > MAX_OPEN_LOGS) {
      const [longestUnused] = this.#open.keys();
      this.#open.delete(longestUnused!);
    }
  }

  /** Tells all that some authors may be gone. */
  forgetAuthors(): void {
    for (const { log } of this.#open.values()) log.forgetAuthors();
  }
}
