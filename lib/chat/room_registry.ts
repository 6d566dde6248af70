import type {
  Change,
  ChangeResult,
  GuestExpiry,
  Membership,
  QueryResult,
  RoomFacts,
  RoomMember,
  StoreQuery,
} from "./change.ts";
import type { GateChange } from "./chat_people.ts";
import type { InputTime } from "./chat_server_input.ts";
import {
  GUEST_MEMBERSHIP_DAYS,
  MAX_CREATED_ROOMS,
  MAX_PRIVATE_MEMBERS,
  MAX_ROOMS,
  MAX_ROOMS_OF_PERSON,
  MAX_WAITING_CHANGES,
} from "./limits.ts";
import { Memberships } from "./memberships.ts";
import { checkName, type MemberName } from "./name.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { People } from "./people.ts";
import { checkPermission } from "./permission.ts";
import type { Person, PersonKey } from "./person.ts";
import { PositionKeeper } from "./position_keeper.ts";
import type {
  Asker,
  RegistryListener,
  RegistryOptions,
  WhenDone,
} from "./registry_input.ts";
import type { RequestRefusal } from "./request_refusal.ts";
import {
  type KnownRoom,
  RoomDirectory,
  roomNameFor,
} from "./room_directory.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";

/**
 * Which rooms there are and who is in them, apart from the default room, in
 * which everybody is (docs/PROTOCOL.md section 7.10). What is asked for counts
 * at once for what is asked for next, and is told to people when the disk has
 * it.
 */
export class RoomRegistry {
  /** The rooms. */
  readonly directory: RoomDirectory;
  /** Has it kept how far people are in them. */
  readonly positions: PositionKeeper;
  readonly #outputs: OutputQueue;
  readonly #people: People;
  readonly #listener: RegistryListener;
  /** Where those who are connected are in. */
  readonly #memberships = new Memberships();
  /** Rooms whose end is not durable yet. */
  readonly #ending = new Map<number, KnownRoom>();
  readonly #changes = new Map<number, PendingChange>();
  readonly #queries = new Map<number, TakeResult>();
  #nextId = 1;
  /** When guests were last looked at who do not come back. */
  #expiredMs = -Infinity;

  /**
   * Creates a registry.
   *
   * @param options What it is made with.
   */
  constructor(options: RegistryOptions) {
    this.directory = new RoomDirectory(options.rooms, options.lastRoomId);
    this.positions = new PositionKeeper((change) =>
      this.#change(change, () => {})
    );
    this.#outputs = options.outputs;
    this.#people = options.people;
    this.#listener = options.listener;
  }

  /** Whether all changes are durable. */
  get isSettled(): boolean {
    return this.#changes.size === 0;
  }

  /**
   * Takes note that somebody has come, with the first device.
   *
   * @param person Who.
   */
  handleArrival(person: Person): void {
    const rooms = this.#memberships.add(person.key);
    if (rooms === undefined) return;
    this.#query({ type: "memberships", person: person.key }, (result, time) => {
      // Meanwhile it may have claimed a name.
      const { key } = person;
      if (result.type !== "memberships") return;
      const { memberships, seenMs } = result;
      const readSequence = Math.max(
        result.readSequence,
        this.positions.readSequenceOf(key),
      );
      const changes = Array.from(
        this.#changes.values(),
        ({ change }) => change,
      );
      const found = { memberships, changes, readSequence };
      if (!this.#memberships.settle(key, rooms, found)) return;
      this.#listener.onPersonKnown(key, time);
      this.#memberships.decideWaiting(key);
      const { timeMs } = time;
      if (timeMs - seenMs < DAY_MS) return;
      this.whenKnown(key, () => {
        if (this.#isBusy) return;
        const member = memberOf(person);
        this.#change({ type: "seen", member, timeMs }, () => {});
      });
    });
  }

  /** See {@linkcode Memberships.whenKnown}. */
  whenKnown(key: PersonKey, decide: () => void): RequestRefusal | undefined {
    return this.#memberships.whenKnown(key, decide);
  }

  /** See {@linkcode Memberships.hold}. */
  hold(key: PersonKey): void {
    this.#memberships.hold(key);
  }

  /** See {@linkcode Memberships.letGo}. */
  letGo(key: PersonKey): void {
    this.#memberships.letGo(key);
  }

  /**
   * Takes note that somebody's key is another one now: the rooms stay.
   *
   * @param key The new key, which who is connected has already.
   * @param oldKey The key until now.
   */
  rekey(key: PersonKey, oldKey: PersonKey): void {
    this.#memberships.rekey(key, oldKey, {
      key: this.#people.devicesOf(key).length > 0,
      oldKey: this.#people.devicesOf(oldKey).length > 0,
    });
    this.directory.rekey(key, oldKey);
    this.#keepAgain(key, oldKey);
  }

  /** Takes note that somebody has gone, with the last device. */
  handleDeparture({ key }: Person): void {
    this.#memberships.delete(key);
  }

  /**
   * Tells how far somebody who is connected has read in a room, as the disk had
   * it: of the default room, as it had it when that one came.
   *
   * @param key Who.
   * @param roomId The room.
   * @returns The last event that the person has read; 0 if it is not known.
   */
  readSequenceOf(key: PersonKey, roomId: number): number {
    return roomId === DEFAULT_ROOM_ID
      ? this.#memberships.readSequenceOf(key)
      : this.roomsOf(key)?.get(roomId)?.readSequence ?? 0;
  }

  /**
   * Gives the rooms of somebody who is connected.
   *
   * @param key Who.
   * @returns The rooms by number; undefined while they are looked up.
   */
  roomsOf(key: PersonKey): ReadonlyMap<number, Membership> | undefined {
    return this.#memberships.of(key);
  }

  /**
   * Gives the rooms that somebody who is connected may be told of, as the disk
   * has them.
   *
   * @param key Who.
   * @returns The rooms; undefined while they are looked up.
   */
  durableRoomsOf(
    key: PersonKey,
  ): { membership: Membership; known: KnownRoom }[] | undefined {
    return this.#memberships.durableOf(key)?.flatMap((membership) => {
      const { roomId } = membership;
      const known = this.directory.get(roomId) ?? this.#ending.get(roomId);
      return known === undefined ? [] : [{ membership, known }];
    });
  }

  /** Asks where a room's log stands. */
  askState(roomId: number): void {
    this.#query({ type: "roomState", roomId }, (result, time) => {
      if (result.type !== "roomState") return;
      this.#listener.onRoomState(roomId, result.state, time);
    });
  }

  /** Takes note that a change is durable. */
  handleChanged(
    changeId: number,
    result: ChangeResult,
    time: InputTime,
  ): void {
    const pending = this.#changes.get(changeId);
    if (pending === undefined) return;
    this.#changes.delete(changeId);
    if (result.type === "expired") this.#handleExpired(result, time);
    pending.whenDone(time);
    this.#memberships.confirm(pending.change);
  }

  /** Takes the answer to a question. */
  handleQueried(queryId: number, result: QueryResult, time: InputTime): void {
    const take = this.#queries.get(queryId);
    this.#queries.delete(queryId);
    take?.(result, time);
  }

  /** Makes a public or private room. */
  create(
    { person, timeMs }: Asker,
    { kind, name: raw }: {
      readonly kind: "public" | "private";
      readonly name: string;
    },
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const check = checkName(raw);
    if (check.type === "invalid") {
      return { code: "roomNameInvalid", rule: check.rule };
    }
    const deed = kind === "private" ? "createPrivateRoom" : "createRoom";
    const roleRefusal = checkPermission(deed, person);
    if (roleRefusal !== undefined) return roleRefusal;
    if (this.directory.isTaken(check.name, person.key)) {
      return { code: "roomNameTaken" };
    }
    if (this.directory.createdBy(person.key) >= MAX_CREATED_ROOMS) {
      return { code: "createdTooManyRooms", limitRooms: MAX_CREATED_ROOMS };
    }
    const refusal = this.#checkRoomFor(person.key, timeMs);
    if (refusal !== undefined) return refusal;
    const self = memberOf(person);
    const room = { kind, name: check.name.text, person, timeMs };
    return this.#addRoom(room, [self], {
      members: kind === "private" ? [self] : [],
      whenDone,
    });
  }

  /** Lets somebody into a public room; who is in a room already, stays. */
  join(
    { person, timeMs }: Asker,
    raw: string,
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const name = nameOf(raw);
    const room = name === undefined
      ? undefined
      : this.directory.privateRoom(name, person.key) ??
        this.directory.publicRoom(name);
    if (room === undefined) return { code: "noSuchRoom" };
    return this.#addTo(room, { person, timeMs, by: "" }, whenDone);
  }

  /** Takes somebody out of a room. */
  leave(
    { key, roomId, reason }: {
      readonly key: PersonKey;
      readonly roomId: number;
      readonly reason: "left" | "removed";
    },
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const room = this.directory.get(roomId);
    const isIn = this.roomsOf(key)?.has(roomId) ?? room?.names.has(key);
    if (room === undefined || isIn !== true) return { code: "noSuchRoom" };
    // A talk is of two, as long as there is one.
    if (room.kind === "direct") return { code: "notPossible" };
    if (this.#isBusy) return BUSY;
    room.names.delete(key);
    const change = { type: "removeMember", roomId, person: key } as const;
    this.#change(change, (time) => {
      this.#listener.onClosed(key, roomId, reason, time);
      whenDone(roomId);
    });
    return undefined;
  }

  /**
   * Begins a talk with somebody who is connected, or goes on with one, whether
   * the other is connected or not.
   */
  talk(
    { person, timeMs }: Asker,
    raw: string,
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const name = nameOf(raw);
    if (name === undefined) return { code: "unknownName" };
    const other = this.#personOf(name);
    if (other === person) return { code: "notPossible" };
    const known = other === undefined
      ? this.#talkWithAbsent(person, name)
      : this.directory.directRoom(person.key, other.key);
    if (known !== undefined) {
      this.#afterAll(() => whenDone(known.roomId));
      return undefined;
    }
    if (other === undefined) return { code: "unknownName" };
    const refusal = this.#checkRoomFor(person.key, timeMs) ??
      this.#checkRoomFor(other.key, timeMs);
    if (refusal !== undefined) return refusal;
    const members = [memberOf(person), memberOf(other)];
    const room = { kind: "direct", name: "", person, timeMs } as const;
    return this.#addRoom(room, members, { members, whenDone });
  }

  /** Lets somebody who is connected into a private room. */
  invite(
    { person, timeMs }: Asker,
    { roomId, name: raw }: { readonly roomId: number; readonly name: string },
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const room = this.directory.get(roomId);
    if (room?.kind !== "private") return { code: "notPossible" };
    const { role } = person;
    const isCreator = room.creator === person.key;
    const refusal = checkPermission("invite", { role, isCreator });
    if (refusal !== undefined) return refusal;
    const name = nameOf(raw);
    const other = name === undefined ? undefined : this.#personOf(name);
    if (other === undefined) return { code: "unknownName" };
    const by = person.name.text;
    return this.#addTo(room, { person: other, timeMs, by }, whenDone);
  }

  /** Ends a room: nobody may enter or know of it any more. */
  archive(
    { person, timeMs }: Asker,
    roomId: number,
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const room = this.directory.get(roomId);
    const isPossible = room !== undefined && room.kind !== "direct" &&
      roomId !== DEFAULT_ROOM_ID;
    if (!isPossible) return { code: "notPossible" };
    const { role } = person;
    const isCreator = room.creator === person.key;
    const refusal = checkPermission("archive", { role, isCreator });
    if (refusal !== undefined) return refusal;
    if (this.#isBusy) return BUSY;
    this.directory.remove(room);
    this.#ending.set(roomId, room);
    this.#listener.onArchiving(roomId);
    const audit = {
      timeMs,
      who: person.name.text,
      what: "archive",
      whom: `room ${roomId}`,
      detail: "",
    } as const;
    this.#change({ type: "archiveRoom", roomId, audit }, (time) => {
      this.#ending.delete(roomId);
      // Before they are told, so that who is told is still there to be.
      whenDone(roomId);
      for (const key of this.#memberships.durablyIn(roomId)) {
        this.#listener.onClosed(key, roomId, "archived", time);
      }
    });
    return undefined;
  }

  /**
   * Lets only moderators say something in a room, or everybody again; or sets
   * the least time between two messages of one person. Who may do that is
   * decided before.
   */
  setGate(
    { roomId, query, audit }: GateChange,
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const room = this.directory.get(roomId);
    if (room === undefined) return { code: "noSuchRoom" };
    if (this.#isBusy) return BUSY;
    const isLock = query.type === "lock";
    const change: Change = isLock
      ? { type: "lockRoom", roomId, isLocked: query.isOn, audit }
      : { type: "slowRoom", roomId, slowSeconds: query.seconds, audit };
    this.#change(change, () => {
      if (isLock) room.isLocked = query.isOn;
      else room.slowSeconds = query.seconds;
      this.#listener.onGate(room);
      whenDone(roomId);
    });
    return undefined;
  }

  get #isBusy(): boolean {
    return this.#changes.size >= MAX_WAITING_CHANGES;
  }

  /** Somebody who is connected, by the whole name. */
  #personOf(name: MemberName): Person | undefined {
    const holder = this.#people.holderOf(name);
    return holder?.name.key === name.key ? holder : undefined;
  }

  /** The talk with somebody who is not connected, by the name that it shows. */
  #talkWithAbsent({ key }: Person, name: MemberName): KnownRoom | undefined {
    const roomIds = Array.from(this.roomsOf(key)?.keys() ?? []);
    return roomIds.map((roomId) => this.directory.get(roomId)).find((room) =>
      room?.kind === "direct" &&
      nameOf(roomNameFor(room, key))?.key === name.key
    );
  }

  /** Whether somebody may be in one more room. */
  #checkRoomFor(key: PersonKey, timeMs: number): RequestRefusal | undefined {
    const rooms = this.roomsOf(key);
    const isHeld = this.#memberships.isHeld(key);
    if (rooms === undefined || isHeld || this.#isBusy) return BUSY;
    if (rooms.size < MAX_ROOMS_OF_PERSON) return undefined;
    const limitRooms = MAX_ROOMS_OF_PERSON;
    return this.#refuseFull({ code: "inTooManyRooms", limitRooms }, timeMs);
  }

  /**
   * Where there is no room, there may be some without the guests who do not come
   * back: once a day that is looked at, and who asks again is told how it is.
   */
  #refuseFull(refusal: RequestRefusal, timeMs: number): RequestRefusal {
    if (timeMs - this.#expiredMs < DAY_MS) return refusal;
    this.#expiredMs = timeMs;
    const beforeMs = timeMs - GUEST_MEMBERSHIP_DAYS * DAY_MS;
    const present = this.#memberships.persons;
    const change = { type: "expireGuests", beforeMs, present, timeMs } as const;
    this.#change(change, () => {});
    return BUSY;
  }

  #handleExpired({ left, archived }: GuestExpiry, time: InputTime): void {
    for (const { roomId, person } of left) {
      this.directory.get(roomId)?.names.delete(person);
    }
    for (const roomId of archived) {
      const room = this.directory.get(roomId);
      if (room === undefined) continue;
      this.directory.remove(room);
      this.#listener.onArchiving(roomId);
      const members = this.#memberships.durablyIn(roomId);
      this.#memberships.end(roomId);
      for (const key of members) {
        this.#listener.onClosed(key, roomId, "archived", time);
      }
    }
  }

  #addRoom(
    { kind, name, person, timeMs }: Asker & {
      readonly kind: RoomFacts["kind"];
      readonly name: string;
    },
    members: readonly RoomMember[],
    { members: known, whenDone }: {
      readonly members: readonly RoomMember[];
      readonly whenDone: WhenDone;
    },
  ): RequestRefusal | undefined {
    if (this.directory.size >= MAX_ROOMS) {
      const limitRooms = MAX_ROOMS;
      return this.#refuseFull({ code: "tooManyRooms", limitRooms }, timeMs);
    }
    const facts: RoomFacts = {
      roomId: this.directory.takeRoomId(),
      kind,
      name,
      creator: person.key,
      isLocked: false,
      slowSeconds: 0,
      members: known,
    };
    const room = this.directory.add(facts);
    this.#change({ type: "createRoom", room: facts, members, timeMs }, () => {
      for (const member of members) {
        const by = member.person === person.key ? "" : person.name.text;
        this.#listener.onOpened(member.person, room, by);
      }
      whenDone(room.roomId);
    });
    return undefined;
  }

  #addTo(
    room: KnownRoom,
    { person, timeMs, by }: Asker & { readonly by: string },
    whenDone: WhenDone,
  ): RequestRefusal | undefined {
    const { roomId } = room;
    const isIn = roomId === DEFAULT_ROOM_ID ||
      this.roomsOf(person.key)?.has(roomId);
    if (isIn === true) {
      this.#afterAll(() => whenDone(roomId));
      return undefined;
    }
    const refusal = this.#checkRoomFor(person.key, timeMs);
    if (refusal !== undefined) return refusal;
    const member = memberOf(person);
    if (room.kind === "private") {
      if (room.names.size >= MAX_PRIVATE_MEMBERS) {
        const limitMembers = MAX_PRIVATE_MEMBERS;
        return this.#refuseFull({ code: "roomFull", limitMembers }, timeMs);
      }
      room.names.set(person.key, member.name);
    }
    this.#change({ type: "addMember", roomId, member, timeMs }, () => {
      this.#listener.onOpened(person.key, room, by);
      whenDone(roomId);
    });
    return undefined;
  }

  /** The disk is asked for positions under the old key, which is nobody's. */
  #keepAgain(key: PersonKey, oldKey: PersonKey): void {
    for (const { change } of Array.from(this.#changes.values())) {
      if (change.type !== "positions") continue;
      const own = change.positions.filter(({ person }) => person === oldKey);
      const moved = own.map((position) => ({ ...position, person: key }));
      this.positions.keep(change.roomId, moved);
    }
  }

  /** What is true already may be so because of what is on its way. */
  #afterAll(whenDone: () => void): void {
    const last = Array.from(this.#changes.values()).at(-1);
    if (last === undefined) return whenDone();
    const before = last.whenDone;
    last.whenDone = (time) => {
      before(time);
      whenDone();
    };
  }

  #change(change: Change, whenDone: (time: InputTime) => void): void {
    this.#memberships.ask(change);
    const changeId = this.#nextId++;
    this.#changes.set(changeId, { change, whenDone });
    this.#outputs.push({ type: "change", changeId, change });
  }

  #query(
    query: StoreQuery,
    take: TakeResult,
  ): void {
    const queryId = this.#nextId++;
    this.#queries.set(queryId, take);
    this.#outputs.push({ type: "query", queryId, query });
  }
}

interface PendingChange {
  readonly change: Change;
  whenDone: (time: InputTime) => void;
}

type TakeResult = (result: QueryResult, time: InputTime) => void;

function memberOf({ key: person, name }: Person): RoomMember {
  return { person, name: name.text };
}

function nameOf(raw: string): MemberName | undefined {
  const check = checkName(raw);
  return check.type === "valid" ? check.name : undefined;
}

/** By then the disk has some of what waits. */
const BUSY = { code: "busy", retryAfterSeconds: 1 } as const;

/** Whether somebody was there is noted once in that time. */
const DAY_MS = 86_400_000;
