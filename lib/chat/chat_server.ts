import { assert } from "../base/assert.ts";
import type { LeaveReason } from "./chat_message.ts";
import type {
  ChatServerOptions,
  InputTime,
  JoinAnswer,
  JoinOptions,
  MemberData,
} from "./chat_server_input.ts";
import type { ChatServerOutput } from "./chat_server_output.ts";
import type { ChatClose } from "./close_code.ts";
import { OutputQueue } from "./output_queue.ts";
import { type Device, People } from "./people.ts";
import { Room } from "./room.ts";
import type { MemberEnding } from "./room_input.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { LogFound } from "./room_find.ts";
import type { LogEvent } from "./room_log.ts";

/**
 * The chat of a server, without I/O (docs/PROTOCOL.md section 7): who is there
 * ({@linkcode People}) and the rooms they are in ({@linkcode Room}). After any
 * call drain {@linkcode ChatServer.pollOutput}; outputs are in the order they
 * must happen.
 *
 * A client joins after its login, and is in the default room from then on.
 */
export class ChatServer {
  readonly #outputs = new OutputQueue();
  readonly #people: People;
  readonly #room: Room;
  #isStopped = false;

  /**
   * Creates a chat without people.
   *
   * @param options Its default room.
   * @throws {RangeError} If a limit is out of range.
   */
  constructor(options: ChatServerOptions) {
    const { room: name, log, openRoom, limits } = options;
    this.#people = new People(limits.members);
    this.#room = new Room({
      roomId: DEFAULT_ROOM_ID,
      kind: "public",
      name,
      log,
      openRoom,
      limits,
      outputs: this.#outputs,
      onEnd: (ending) => this.#end(ending),
    });
  }

  /** How many clients are in, those whose `sync` is on its way included. */
  get memberCount(): number {
    return this.#people.deviceCount;
  }

  /**
   * Lets a client in after its login, unless the name is taken or the server is
   * full. A client that comes back while its old connection lingers takes its
   * own place, and the others notice nothing.
   *
   * @param options Who.
   * @returns Whether it is in.
   */
  join(options: JoinOptions): JoinAnswer {
    const { member, name, authorKey, accountId, role, nowUs, timeMs } = options;
    if (this.#isStopped) return refused("serverStopped");
    const admission = this.#people.admit({
      handle: member,
      authorKey,
      name,
      accountId,
      role,
    });
    if (admission.type === "refused") return refused(admission.reason);
    const { device: { person }, previous, isReturn } = admission;
    if (previous !== undefined) {
      if (!isReturn) this.#room.leave(previous.handle, "lost", timeMs);
      this.#close(previous.handle, { type: "replaced" });
    }
    this.#room.enter({ member, person, authorKey, nowUs, timeMs });
    return { type: "joined" };
  }

  /**
   * Takes bytes from a member. What breaks the protocol ends that member's
   * connection; bytes of a member that is gone are ignored.
   *
   * @param data Whose and which.
   */
  handleData(data: MemberData): void {
    this.#room.handleData(data);
  }

  /**
   * Tells whether messages of a member wait, so that no more of its stream
   * should be read until the output `resume`.
   *
   * @param member Whose.
   * @returns Whether it is paused.
   */
  isPaused(member: number): boolean {
    return this.#room.isPaused(member);
  }

  /** See {@linkcode Room.handleAppended}. */
  handleAppended(throughSequence: number, time: InputTime): void {
    this.#room.handleAppended(throughSequence, time);
    if (this.#isStopped && this.#room.isSettled) this.#closeAll();
  }

  /** See {@linkcode Room.handleLoaded}. */
  handleLoaded(
    loadId: number,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    this.#room.handleLoaded(loadId, events, time);
  }

  /** See {@linkcode Room.handleDrained}. */
  handleDrained(member: number): void {
    this.#room.handleDrained(member);
  }

  /** See {@linkcode Room.handleRecalled}. */
  handleRecalled(
    authorKey: string,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    this.#room.handleRecalled(authorKey, events, time);
  }

  /** See {@linkcode Room.handleFound}. */
  handleFound(findId: number, found: LogFound): void {
    this.#room.handleFound(findId, found);
  }

  /** See {@linkcode Room.handleTrimmed}. */
  handleTrimmed(firstSequence: number): void {
    this.#room.handleTrimmed(firstSequence);
  }

  /**
   * Takes note that a member's connection is gone. Does nothing if the member
   * is out already.
   *
   * @param member Whose.
   * @param reason What to tell the others.
   * @param timeMs The wall clock.
   */
  leave(member: number, reason: LeaveReason, timeMs: number): void {
    const device = this.#people.get(member);
    if (device !== undefined) this.#remove(device, reason, timeMs);
  }

  /**
   * Takes no more messages and lets nobody in any more. Every member's
   * connection is closed when all that was accepted is published; called again,
   * at once.
   */
  stop(): void {
    const isWaiting = !this.#isStopped && !this.#room.isSettled;
    this.#isStopped = true;
    this.#room.stop();
    if (!isWaiting) this.#closeAll();
  }

  /**
   * Gives the next thing to do.
   *
   * @returns The output; undefined if there is none until the next input.
   */
  pollOutput(): ChatServerOutput | undefined {
    return this.#outputs.poll();
  }

  #end({ member, reason, close, timeMs }: MemberEnding): void {
    const device = this.#people.get(member);
    assert(device !== undefined, "who is in a room is connected");
    this.#remove(device, reason, timeMs);
    this.#close(member, close);
  }

  #remove(device: Device, reason: LeaveReason, timeMs: number): void {
    this.#people.remove(device);
    this.#room.leave(device.handle, reason, timeMs);
  }

  #closeAll(): void {
    for (const { handle } of this.#people.devices()) {
      this.#close(handle, { type: "serverStopped" });
    }
    this.#people.clear();
    this.#room.clear();
  }

  #close(member: number, close: ChatClose): void {
    this.#outputs.push({ type: "close", member, close });
  }
}

function refused(
  type: "serverStopped" | "nameTaken" | "roomFull",
): JoinAnswer {
  return { type: "refused", close: { type } };
}
