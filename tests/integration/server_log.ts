import type { LogEvent } from "../../lib/chat/room_log.ts";
import { dataFilePath } from "../../lib/store/data_dir.ts";
import { checkDatabase, openDatabase } from "../../lib/store/database.ts";
import { RoomLog } from "../../lib/store/room_log.ts";

/**
 * Reads what a stopped server has of its default room.
 *
 * @param dataDir Its data folder.
 * @returns All events, ascending.
 * @throws {StoreError} If the database is damaged.
 */
export function readLog(dataDir: string): LogEvent[] {
  const path = dataFilePath(dataDir, "history");
  const { database } = openDatabase(path);
  try {
    checkDatabase(database, path, "integrity");
    return new RoomLog(database, 1).page(0, 1_000_000);
  } finally {
    database.close();
  }
}
