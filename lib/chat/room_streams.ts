import { decodeClientMessage } from "./chat_message.ts";
import type { InputTime, MemberData } from "./chat_server_input.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "./limits.ts";
import { MessageDeframer } from "./message_deframer.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { Device } from "./people.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { Room } from "./room.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { RoomRegistry } from "./room_registry.ts";

/** What the streams of a server need. */
export interface RoomStreamsOptions {
  /** Takes what is to be done. */
  readonly outputs: OutputQueue;
  /** Knows who may enter which room. */
  readonly registry: RoomRegistry;
  /** Gives a room in which somebody is. */
  readonly roomFor: (roomId: number) => Room | undefined;
  /** Told that a device has broken the protocol. */
  readonly onViolation: (
    device: number,
    reason: string,
    timeMs: number,
  ) => void;
}

/** A room in which a device is, or was on a connection before. */
export interface EnteredRoom {
  /** Which room. */
  readonly roomId: number;
  /** The handle of the stream. */
  readonly member: number;
}

/**
 * The streams of all connections, and the room that each has entered. A stream
 * that enters a room of which nothing is in memory waits for it, and what its
 * client sends meanwhile is not read.
 */
export class RoomStreams {
  readonly #options: RoomStreamsOptions;
  readonly #streams = new Map<number, Stream>();
  /** Where each device is, by its handle: room and stream. */
  readonly #entered = new Map<number, Map<number, number>>();
  /** Streams that wait for their rooms. */
  readonly #waiting = new Set<number>();
  /** Rooms whose logs were asked for. */
  readonly #loading = new Set<number>();

  /**
   * Starts without streams.
   *
   * @param options What they need.
   */
  constructor(options: RoomStreamsOptions) {
    this.#options = options;
  }

  /** Adds the stream 0 of a device, which is in the default room at once. */
  addFirst(device: Device, room: Room): void {
    const { handle } = device;
    const stream = newStream(device);
    stream.room = room;
    this.#streams.set(handle, stream);
    const entered = this.#entered.get(handle) ?? new Map<number, number>();
    entered.set(DEFAULT_ROOM_ID, handle);
    this.#entered.set(handle, entered);
  }

  /** Adds another stream of a device. */
  open(member: number, device: Device): void {
    this.#streams.set(member, newStream(device));
  }

  /** The device of a stream. */
  deviceOf(member: number): Device | undefined {
    return this.#streams.get(member)?.device;
  }

  /** The room that a stream has entered. */
  roomOf(member: number): Room | undefined {
    return this.#streams.get(member)?.room;
  }

  /** Whether a stream waits for its room. */
  isWaiting(member: number): boolean {
    return this.#waiting.has(member);
  }

  /**
   * Takes bytes of a stream that has not entered a room.
   *
   * @param data Whose and which.
   */
  handleData(data: MemberData): void {
    const stream = this.#streams.get(data.member);
    if (stream === undefined) return;
    try {
      stream.bodies.push(...stream.deframer.push(data.bytes));
      const first = stream.roomId === undefined
        ? stream.bodies.shift()
        : undefined;
      if (first === undefined) return;
      const message = decodeClientMessage(first);
      if (message.type !== "enter") {
        throw new ProtocolError("enter comes first");
      }
      stream.roomId = message.roomId;
      this.#waiting.add(data.member);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { handle } = stream.device;
      this.#options.onViolation(handle, error.message, data.timeMs);
      return;
    }
    this.#tryEnter(data.member, stream, data);
  }

  /**
   * Lets those in that have waited for something.
   *
   * @param time When.
   * @param loaded The room whose log has come, if it was that.
   */
  enterWaiting(time: InputTime, loaded?: number): void {
    if (loaded !== undefined) this.#loading.delete(loaded);
    for (const member of this.#waiting) {
      this.#tryEnter(member, this.#streams.get(member)!, time);
    }
  }

  /**
   * Forgets a stream that its client has ended.
   *
   * @param member Which.
   * @returns The room that it had entered.
   */
  close(member: number): number | undefined {
    const stream = this.#streams.get(member);
    if (stream === undefined || stream.device.handle === member) {
      return undefined;
    }
    this.#delete(member);
    if (stream.room === undefined) return undefined;
    this.#entered.get(stream.device.handle)?.delete(stream.roomId!);
    return stream.roomId;
  }

  /**
   * Forgets the stream of a device in a room.
   *
   * @param device Whose.
   * @param roomId Which room.
   * @returns The stream; undefined if it was not there.
   */
  endRoom({ handle }: Device, roomId: number): number | undefined {
    const member = this.#entered.get(handle)?.get(roomId);
    if (member === undefined) return undefined;
    this.#entered.get(handle)!.delete(roomId);
    this.#streams.delete(member);
    this.#options.outputs.push({ type: "end", member });
    return member;
  }

  /**
   * Hands the rooms of a connection over to the next one of the same client,
   * which may enter them again unnoticed.
   *
   * @param previous The old one.
   * @param next The new one.
   */
  takeOver(previous: Device, next: Device): void {
    const entered = this.#entered.get(previous.handle);
    this.#forgetStreams(previous);
    if (entered === undefined) return;
    for (const [roomId, member] of entered) {
      if (roomId !== DEFAULT_ROOM_ID) {
        this.#options.roomFor(roomId)?.detach(member);
      }
    }
    this.#entered.set(next.handle, entered);
  }

  /**
   * Forgets all streams of a device.
   *
   * @param device Whose.
   * @returns Where it was.
   */
  forget(device: Device): EnteredRoom[] {
    const entered = this.#entered.get(device.handle) ?? [];
    this.#forgetStreams(device);
    return Array.from(entered, ([roomId, member]) => ({ roomId, member }));
  }

  /** Forgets all streams. */
  clear(): void {
    this.#streams.clear();
    this.#waiting.clear();
    this.#entered.clear();
  }

  #forgetStreams(device: Device): void {
    this.#entered.delete(device.handle);
    for (const [member, stream] of this.#streams) {
      if (stream.device === device) this.#delete(member);
    }
  }

  #delete(member: number): void {
    this.#streams.delete(member);
    this.#waiting.delete(member);
  }

  #tryEnter(member: number, stream: Stream, time: InputTime): void {
    const { registry, roomFor, outputs } = this.#options;
    const { device, deframer } = stream;
    const { person, authorKey } = device;
    const rooms = registry.roomsOf(person.key);
    if (rooms === undefined) return;
    const roomId = stream.roomId!;
    if (!rooms.has(roomId) || registry.directory.get(roomId) === undefined) {
      // What there is not, and what one must not know of, look alike.
      this.#delete(member);
      outputs.push({ type: "end", member });
      return;
    }
    const room = roomFor(roomId);
    if (room === undefined) {
      if (!this.#loading.has(roomId)) registry.askState(roomId);
      this.#loading.add(roomId);
      return;
    }
    const entered = this.#entered.get(device.handle)!;
    const previous = entered.get(roomId);
    if (previous !== undefined && this.#streams.delete(previous)) {
      outputs.push({ type: "end", member: previous });
    }
    entered.set(roomId, member);
    stream.room = room;
    this.#waiting.delete(member);
    room.enter({ member, person, authorKey, deframer, ...time });
    room.handleBodies(member, stream.bodies.splice(0), time);
    if (!room.isPaused(member)) outputs.push({ type: "resume", member });
  }
}

interface Stream {
  readonly device: Device;
  readonly deframer: MessageDeframer;
  /** The room that it asked for. */
  roomId: number | undefined;
  /** The room that it has entered. */
  room: Room | undefined;
  /** What came with the message that asked for it. */
  readonly bodies: Uint8Array[];
}

function newStream(device: Device): Stream {
  return {
    device,
    deframer: new MessageDeframer(MAX_CLIENT_MESSAGE_BYTES),
    roomId: undefined,
    room: undefined,
    bodies: [],
  };
}
