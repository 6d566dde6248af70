import type { RoomBytes } from "../chat/chat_client.ts";
import { CloseCode } from "../chat/close_code.ts";
import { DEFAULT_ROOM_ID } from "../chat/room_kind.ts";
import type { ConnectionStreams } from "../transport/connection_streams.ts";

/** The default room's stream goes first. */
const ROOM_PRIORITY = 1;

/** The streams of one connection, by the rooms that they were opened for. */
export class ClientStreams {
  readonly #streams: ConnectionStreams;
  readonly #byRoom = new Map<number, number>([[DEFAULT_ROOM_ID, 0]]);
  readonly #byStream = new Map<number, number>([[0, DEFAULT_ROOM_ID]]);
  /** What waits until the server allows another stream. */
  readonly #waiting = new Map<number, Uint8Array[]>();

  /**
   * Starts with stream 0.
   *
   * @param streams The connection's.
   */
  constructor(streams: ConnectionStreams) {
    this.#streams = streams;
  }

  /** The rooms that have a stream. */
  get rooms(): number[] {
    return Array.from(this.#byRoom.keys());
  }

  /** The room of a stream. */
  roomOf(streamId: number): number | undefined {
    return this.#byStream.get(streamId);
  }

  /** Sends bytes on the stream of their room, which is opened with the first. */
  write({ roomId, bytes }: RoomBytes): void {
    const streamId = this.#byRoom.get(roomId) ?? this.#open(roomId);
    if (streamId !== undefined) return this.#streams.write(streamId, bytes);
    const waiting = this.#waiting.get(roomId) ?? [];
    waiting.push(bytes);
    this.#waiting.set(roomId, waiting);
  }

  /** Sends what has waited for a stream, as far as there is one now. */
  flush(): void {
    for (const [roomId, waiting] of this.#waiting) {
      const streamId = this.#open(roomId);
      if (streamId === undefined) return;
      this.#waiting.delete(roomId);
      for (const bytes of waiting) this.#streams.write(streamId, bytes);
    }
  }

  /**
   * Reads from the stream of a room.
   *
   * @param roomId Which room.
   * @returns Some bytes; undefined if there are none now.
   */
  read(roomId: number): Uint8Array | undefined {
    const streamId = this.#byRoom.get(roomId);
    return streamId === undefined ? undefined : this.#streams.read(streamId);
  }

  /** Whether the server has ended the stream of a room, and all of it was read. */
  isEnded(roomId: number): boolean {
    const streamId = this.#byRoom.get(roomId);
    return streamId !== undefined && streamId !== 0 &&
      this.#streams.isFinished(streamId);
  }

  /** Ends the stream of a room. */
  end(roomId: number): void {
    this.#waiting.delete(roomId);
    const streamId = this.#byRoom.get(roomId);
    if (streamId === undefined || streamId === 0) return;
    this.#byRoom.delete(roomId);
    this.#byStream.delete(streamId);
    this.#streams.finish(streamId);
    this.#streams.stop(streamId, CloseCode.quit);
  }

  #open(roomId: number): number | undefined {
    const streamId = this.#streams.open(ROOM_PRIORITY);
    if (streamId === undefined) return undefined;
    this.#byRoom.set(roomId, streamId);
    this.#byStream.set(streamId, roomId);
    return streamId;
  }
}
