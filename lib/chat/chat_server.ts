import { assert } from "../base/assert.ts";
import type { ChangeResult, QueryResult } from "./change.ts";
import type { LeaveReason, ServerMessage } from "./chat_message.ts";
import type {
  ChatServerOptions,
  InputTime,
  JoinAnswer,
  JoinOptions,
  MemberData,
  RoomAppended,
  StreamOptions,
} from "./chat_server_input.ts";
import type { ChatServerOutput } from "./chat_server_output.ts";
import type { ChatClose } from "./close_code.ts";
import { ChatPeople } from "./chat_people.ts";
import { isPeopleRequest } from "./people_request.ts";
import { OutputQueue } from "./output_queue.ts";
import { type Device, People } from "./people.ts";
import type { PersonKey } from "./person.ts";
import { Room } from "./room.ts";
import { type KnownRoom, roomNameFor } from "./room_directory.ts";
import type { LogFound } from "./room_find.ts";
import type { AskedQuery, MemberEnding } from "./room_input.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { LogEvent, LogState } from "./room_log.ts";
import type { RoomClosing } from "./room_news.ts";
import { RoomRegistry } from "./room_registry.ts";
import { RoomStreams } from "./room_streams.ts";
import { ServerQueries } from "./server_queries.ts";

/**
 * The chat of a server, without I/O (docs/PROTOCOL.md section 7): who is there
 * ({@linkcode People}), which rooms there are ({@linkcode RoomRegistry}), and
 * those in which somebody is ({@linkcode Room}). After any call drain
 * {@linkcode ChatServer.pollOutput}; outputs are in the order they must happen.
 *
 * A client joins after its login, and is in the default room from then on, with
 * its stream 0. Each other room that it enters has a stream of its own
 * ({@linkcode ChatServer.openStream}), so no room waits behind another. A member
 * handle is a stream of a connection.
 */
export class ChatServer {
  readonly #options: ChatServerOptions;
  readonly #outputs = new OutputQueue();
  readonly #people: People;
  readonly #chatPeople: ChatPeople;
  /** Its rooms and who is in them. */
  readonly registry: RoomRegistry;
  readonly #queries: ServerQueries;
  readonly #streams: RoomStreams;
  /** In which somebody is, by number; the default one always. */
  readonly #rooms = new Map<number, Room>();
  /** Devices that were sent the welcome of the default room. */
  readonly #welcomed = new Set<number>();
  #nextFindId = 1;
  /** Rooms in which somebody read something since they were counted. */
  readonly #counting = new Set<Room>();
  /** When the first of them is to be counted. */
  #timeoutUs = Infinity;
  #isStopped = false;

  /**
   * Creates a chat without people.
   *
   * @param options Its rooms.
   * @throws {RangeError} If a limit is out of range.
   */
  constructor(options: ChatServerOptions) {
    const { log, limits, rooms, lastRoomId } = options;
    this.#options = options;
    this.#people = new People(limits.members);
    this.registry = new RoomRegistry({
      rooms,
      lastRoomId,
      outputs: this.#outputs,
      people: this.#people,
      listener: {
        onPersonKnown: (person, time) => this.#handlePersonKnown(person, time),
        onOpened: (person, room, by) => this.#tellOpened(person, room, by),
        onClosed: (person, roomId, reason, { timeMs }) =>
          this.#closeRoom(person, { roomId, reason }, timeMs),
        onArchiving: (roomId) => this.#rooms.get(roomId)?.archive(),
        onGate: (room) => this.#rooms.get(room.roomId)?.changeGate(room),
        onRoomState: (roomId, state, time) =>
          this.#handleRoomState(roomId, state, time),
      },
    });
    this.#chatPeople = new ChatPeople({
      ...options.people,
      people: this.#people,
      outputs: this.#outputs,
      onChanged: (person, oldName) => {
        for (const room of this.#rooms.values()) {
          room.handlePersonChanged(person, oldName);
        }
      },
      onRekeying: (key) => this.registry.hold(key),
      onRekeyAnswered: (key) => this.registry.letGo(key),
      onRekeyed: (key, oldKey) => {
        this.registry.rekey(key, oldKey);
        for (const room of this.#rooms.values()) room.rekey(key, oldKey);
      },
      onRemoved: (device, close, timeMs) => {
        this.#remove(device, "removed", timeMs);
        this.#close(device.handle, close);
      },
      setGate: (change, whenDone) => this.registry.setGate(change, whenDone),
    });
    this.#queries = new ServerQueries(
      this.registry,
      this.#outputs,
      (roomId) => this.#rooms.get(roomId)?.presentCount ?? 0,
    );
    this.#streams = new RoomStreams({
      outputs: this.#outputs,
      registry: this.registry,
      roomFor: (roomId) => this.#rooms.get(roomId),
      onViolation: (device, reason, timeMs) =>
        this.#end({
          member: device,
          reason: "lost",
          close: { type: "chatProtocol", reason },
          timeMs,
        }),
    });
    const known = this.registry.directory.get(DEFAULT_ROOM_ID);
    assert(known !== undefined, "the default room is always there");
    this.#rooms.set(DEFAULT_ROOM_ID, this.#makeRoom(known, log));
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
    const { member, name, authorKey, accountId, role, address } = options;
    const { nowUs, timeMs } = options;
    if (this.#isStopped) return refused("serverStopped");
    const ban = this.#chatPeople.banOf({ name, address, role }, timeMs);
    if (ban !== undefined) return { type: "refused", close: ban };
    const admission = this.#people.admit({
      handle: member,
      authorKey,
      name,
      accountId,
      role,
      address,
    });
    if (admission.type === "refused") return refused(admission.reason);
    const { device, previous, isReturn } = admission;
    const { person } = device;
    if (previous !== undefined) {
      this.#welcomed.delete(previous.handle);
      if (isReturn) this.#streams.takeOver(previous, device);
      else this.#remove(previous, "lost", timeMs);
      this.#close(previous.handle, { type: "replaced" });
    }
    this.registry.handleArrival(person);
    const room = this.#default;
    room.enter({ member, person, authorKey, nowUs, timeMs });
    this.#streams.addFirst(device, room);
    this.#chatPeople.handleJoined(person);
    return { type: "joined" };
  }

  /**
   * Takes note that a client has opened a stream beside stream 0. Its first
   * message says which room it enters.
   *
   * @param options Which stream.
   */
  openStream({ member, device: handle }: StreamOptions): void {
    const device = this.#people.get(handle);
    if (device !== undefined) this.#streams.open(member, device);
  }

  /**
   * Takes note that a client has ended a stream beside stream 0: it is not in
   * the room any more, though it still belongs to it.
   *
   * @param member Which stream.
   * @param timeMs The wall clock.
   */
  closeStream(member: number, timeMs: number): void {
    const roomId = this.#streams.close(member);
    if (roomId === undefined) return;
    this.#rooms.get(roomId)?.leave(member, "quit", timeMs);
    this.#dropIfIdle(roomId);
  }

  /**
   * Takes bytes from a member. What breaks the protocol ends that member's
   * connection; bytes of a member that is gone are ignored.
   *
   * @param data Whose and which.
   */
  handleData(data: MemberData): void {
    if (this.#isStopped) return;
    const room = this.#streams.roomOf(data.member);
    if (room !== undefined) room.handleData(data);
    else this.#streams.handleData(data);
  }

  /**
   * Tells whether messages of a member wait, so that no more of its stream
   * should be read until the output `resume`.
   *
   * @param member Whose.
   * @returns Whether it is paused.
   */
  isPaused(member: number): boolean {
    const room = this.#streams.roomOf(member);
    return room?.isPaused(member) ?? this.#streams.isWaiting(member);
  }

  /**
   * Takes note that the logs of some rooms have more: it is published.
   *
   * @param appended Which rooms, and up to where.
   * @param time When.
   */
  handleAppended(appended: readonly RoomAppended[], time: InputTime): void {
    for (const { roomId, throughSequence } of appended) {
      this.#rooms.get(roomId)!.handleAppended(throughSequence, time);
      this.#dropIfIdle(roomId);
    }
    this.#closeIfSettled();
  }

  /** Takes note that a change is durable: it is told. */
  handleChanged(
    changeId: number,
    result: ChangeResult,
    time: InputTime,
  ): void {
    if (changeId > 0 || result.type === "expired") {
      this.registry.handleChanged(changeId, result, time);
    } else this.#chatPeople.handleChanged(changeId, result, time);
    this.#closeIfSettled();
  }

  /** Takes the answer to a question to the store. */
  handleQueried(queryId: number, result: QueryResult, time: InputTime): void {
    if (this.#isStopped) return;
    if (queryId > 0) this.registry.handleQueried(queryId, result, time);
    else if (result.type === "account" || result.type === "audit") {
      this.#chatPeople.handleQueried(queryId, result);
    }
  }

  /** See {@linkcode Room.handleLoaded}. */
  handleLoaded(
    roomId: number,
    loadId: number,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    this.#rooms.get(roomId)?.handleLoaded(loadId, events, time);
  }

  /** See {@linkcode Room.handleDrained}. */
  handleDrained(member: number): void {
    this.#streams.roomOf(member)?.handleDrained(member);
  }

  /** See {@linkcode Room.handleRecalled}. */
  handleRecalled(
    roomId: number,
    authorKey: string,
    events: readonly LogEvent[],
    time: InputTime,
  ): void {
    this.#rooms.get(roomId)?.handleRecalled(authorKey, events, time);
  }

  /** See {@linkcode Room.handleFound}. */
  handleFound(roomId: number, findId: number, found: LogFound): void {
    this.#rooms.get(roomId)?.handleFound(findId, found);
  }

  /** See {@linkcode Room.handleTrimmed}. */
  handleTrimmed(roomId: number, firstSequence: number): void {
    this.#rooms.get(roomId)?.handleTrimmed(firstSequence);
  }

  /**
   * Tells when {@linkcode ChatServer.handleTimeout} has something to do.
   *
   * @returns The monotonic time, perhaps past; undefined while there is nothing.
   */
  nextTimeoutUs(): number | undefined {
    const keepUs = this.registry.positions.nextTimeoutUs() ?? Infinity;
    const nextUs = Math.min(this.#timeoutUs, keepUs);
    return nextUs === Infinity ? undefined : nextUs;
  }

  /**
   * Does what is due.
   *
   * @param nowUs The monotonic time.
   */
  handleTimeout(nowUs: number): void {
    if (nowUs >= this.#timeoutUs) this.#count(nowUs);
    this.registry.positions.handleTimeout(nowUs);
  }

  /**
   * Takes note that a member's connection is gone. Does nothing if the member
   * is out already.
   *
   * @param member Whose: the handle of its stream 0.
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
    const isAgain = this.#isStopped;
    this.#isStopped = true;
    for (const room of this.#rooms.values()) room.stop();
    this.registry.positions.flush();
    if (isAgain) this.#closeAll();
    else this.#closeIfSettled();
  }

  /**
   * Gives the next thing to do.
   *
   * @returns The output; undefined if there is none until the next input.
   */
  pollOutput(): ChatServerOutput | undefined {
    return this.#outputs.poll();
  }

  get #default(): Room {
    return this.#rooms.get(DEFAULT_ROOM_ID)!;
  }

  /** Counts in rooms in which that is due. */
  #count(nowUs: number): void {
    this.#timeoutUs = Infinity;
    for (const room of this.#counting) {
      room.handleTimeout(nowUs);
      const nextUs = room.nextTimeoutUs();
      if (nextUs === undefined) this.#counting.delete(room);
      else this.#timeoutUs = Math.min(this.#timeoutUs, nextUs);
    }
  }

  #makeRoom(known: KnownRoom, log: LogState): Room {
    const { openRoom, limits } = this.#options;
    const { roomId, kind, isLocked, slowSeconds } = known;
    const isDefault = roomId === DEFAULT_ROOM_ID;
    const room: Room = new Room({
      roomId,
      kind,
      log,
      openRoom,
      limits,
      isLocked,
      slowSeconds,
      guard: this.#chatPeople,
      // What is said in other rooms is not the operator's to read along.
      isTold: isDefault,
      outputs: this.#outputs,
      nameFor: (person) =>
        isDefault ? this.#options.room : roomNameFor(known, person.key),
      nextFindId: () => this.#nextFindId++,
      readSequence: ({ key }) => this.registry.readSequenceOf(key, roomId),
      onQuery: (asked) => this.#handleQuery(asked, roomId),
      onWelcomed: (member) => {
        if (isDefault) this.#handleWelcomed(member);
      },
      memberNames: known.names,
      onMoved: (moved) => this.registry.positions.keep(roomId, moved),
      onCounting: () => {
        this.#counting.add(room);
        const nextUs = room.nextTimeoutUs() ?? Infinity;
        this.#timeoutUs = Math.min(this.#timeoutUs, nextUs);
      },
      onEnd: (ending) => this.#end(ending),
    });
    return room;
  }

  #handleQuery(asked: AskedQuery, roomId: number): void {
    const device = this.#streams.deviceOf(asked.member)!;
    if (this.#handleAsked({ ...asked, device, roomId })) return;
    const reason = "that is asked on stream 0";
    const close: ChatClose = { type: "chatProtocol", reason };
    this.#end({ ...asked, reason: "lost", close });
  }

  #handleAsked(
    asked: AskedQuery & { readonly device: Device; readonly roomId: number },
  ): boolean {
    const { query } = asked;
    return isPeopleRequest(query)
      ? this.#chatPeople.handle({ ...asked, query })
      : this.#queries.handle({ ...asked, query });
  }

  #handleWelcomed(member: number): void {
    this.#welcomed.add(member);
    this.#listRooms(this.#people.get(member)!);
  }

  #handlePersonKnown(key: PersonKey, time: InputTime): void {
    // The welcome of the default room may have been sent already.
    const read = this.registry.readSequenceOf(key, DEFAULT_ROOM_ID);
    this.#default.handleKnown(key, read);
    for (const device of this.#people.devicesOf(key)) {
      if (this.#welcomed.has(device.handle)) this.#listRooms(device);
    }
    this.#streams.enterWaiting(time);
  }

  /** Tells a device where its person is, once both are known. */
  #listRooms({ handle, person }: Device): void {
    const durable = this.registry.durableRoomsOf(person.key);
    if (durable === undefined) return;
    const rooms = durable.map(({ membership, known }) => {
      const { roomId } = membership;
      const room = this.#rooms.get(roomId);
      const lastSequence = room?.lastSequence ??
        Math.max(known.lastSequence, membership.lastSequence);
      // What was read this second is not on the disk yet.
      const readSequence = Math.max(
        membership.readSequence,
        room?.readSequenceOf(person) ?? 0,
      );
      const name = roomNameFor(known, person.key);
      return { roomId, kind: known.kind, name, lastSequence, readSequence };
    });
    this.#outputs.send([handle], { type: "roomList", rooms });
  }

  #handleRoomState(roomId: number, state: LogState, time: InputTime): void {
    const known = this.registry.directory.get(roomId);
    if (known !== undefined) {
      this.#rooms.set(roomId, this.#makeRoom(known, state));
    }
    this.#streams.enterWaiting(time, roomId);
    this.#dropIfIdle(roomId);
  }

  #tellOpened(key: PersonKey, room: KnownRoom, by: string): void {
    const { roomId, kind } = room;
    const name = roomNameFor(room, key);
    this.#tellPerson(key, { type: "roomOpened", roomId, kind, name, by });
  }

  #closeRoom(
    key: PersonKey,
    { roomId, reason }: {
      readonly roomId: number;
      readonly reason: RoomClosing;
    },
    timeMs: number,
  ): void {
    const room = this.#rooms.get(roomId);
    // Everybody is told that it is over: nobody has to be told who left.
    if (reason === "archived") room?.clear();
    for (const device of this.#people.devicesOf(key)) {
      const member = this.#streams.endRoom(device, roomId);
      if (member === undefined) continue;
      room?.leave(member, reason === "removed" ? "removed" : "quit", timeMs);
    }
    this.#tellPerson(key, { type: "roomClosed", roomId, reason });
    this.#dropIfIdle(roomId);
  }

  /** Tells all devices of a person that were welcomed. */
  #tellPerson(key: PersonKey, message: ServerMessage): void {
    const to = this.#people.devicesOf(key).map(({ handle }) => handle)
      .filter((handle) => this.#welcomed.has(handle));
    if (to.length > 0) this.#outputs.send(to, message);
  }

  #end({ member, reason, close, timeMs }: MemberEnding): void {
    const device = this.#streams.deviceOf(member);
    assert(device !== undefined, "who is in a room is connected");
    this.#remove(device, reason, timeMs);
    this.#close(device.handle, close);
  }

  #remove(device: Device, reason: LeaveReason, timeMs: number): void {
    const { handle, person } = device;
    this.#people.remove(device);
    this.#chatPeople.handleGone(device);
    this.#welcomed.delete(handle);
    for (const { roomId, member } of this.#streams.forget(device)) {
      this.#rooms.get(roomId)?.leave(member, reason, timeMs);
      this.#dropIfIdle(roomId);
    }
    if (this.#people.devicesOf(person.key).length === 0) {
      this.registry.handleDeparture(person);
    }
  }

  /** Where nobody is, nothing is kept in memory. */
  #dropIfIdle(roomId: number): void {
    const room = this.#rooms.get(roomId);
    if (roomId === DEFAULT_ROOM_ID || room?.isIdle !== true) return;
    const known = this.registry.directory.get(roomId);
    if (known !== undefined) known.lastSequence = room.lastSequence;
    this.#rooms.delete(roomId);
  }

  #closeIfSettled(): void {
    if (!this.#isStopped || !this.registry.isSettled) return;
    if (!this.#chatPeople.isSettled) return;
    for (const room of this.#rooms.values()) if (!room.isSettled) return;
    this.#closeAll();
  }

  #closeAll(): void {
    for (const { handle } of this.#people.devices()) {
      this.#close(handle, { type: "serverStopped" });
    }
    this.#people.clear();
    this.#streams.clear();
    this.#welcomed.clear();
    for (const room of this.#rooms.values()) room.clear();
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
