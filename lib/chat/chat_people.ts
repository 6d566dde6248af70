import { assert } from "../base/assert.ts";
import type { Account, AuditEntry } from "./account.ts";
import type { ActRefusal } from "./act_refusal.ts";
import type { BanSubject } from "./ban_list.ts";
import type { InputTime, PeopleOptions } from "./chat_server_input.ts";
import type { ChatClose } from "./close_code.ts";
import { entryOf } from "./moderation.ts";
import type { OutputQueue } from "./output_queue.ts";
import type { Device, People } from "./people.ts";
import {
  keyChangedBy,
  type PeopleChange,
  type PeopleChangeResult,
  type PeopleQuery,
  type PeopleQueryResult,
} from "./people_change.ts";
import type { PeopleDesk, Reply } from "./people_desk.ts";
import type { PeopleRequest } from "./people_request.ts";
import { PeopleRequests } from "./people_requests.ts";
import { checkPermission, checkRank, type Deed } from "./permission.ts";
import type { Authorship, Person, PersonKey } from "./person.ts";
import type { Act } from "./room_event.ts";
import type { RoomGuard } from "./room_guard.ts";
import type { AskedQuery } from "./room_input.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { RequestRefusal } from "./request_refusal.ts";

/** A request, and where it was asked. */
export interface AskedOfPeople extends Omit<AskedQuery, "query"> {
  /** What is asked. */
  readonly query: PeopleRequest;
  /** The client. */
  readonly device: Device;
  /** In which room's stream. */
  readonly roomId: number;
}

/** Who may write in a room from now on, or how often. */
export interface GateChange {
  /** Which room. */
  readonly roomId: number;
  /** How it is to be. */
  readonly query: Extract<PeopleRequest, { readonly type: "lock" | "slow" }>;
  /** What is written down of it. */
  readonly audit: AuditEntry;
}

/** What {@linkcode ChatPeople} is made with. */
export interface ChatPeopleOptions extends PeopleOptions {
  /** Who is connected. */
  readonly people: People;
  /** Takes what is to be done. */
  readonly outputs: OutputQueue;
  /** Tells the others that a person is another now. */
  readonly onChanged: PeopleDesk["onChanged"];
  /** Told that the store is asked for another key of a person. */
  readonly onRekeying: (key: PersonKey) => void;
  /** Told that a person's key is another one now. */
  readonly onRekeyed: PeopleDesk["onRekeyed"];
  /** Told that the store has answered that, whether it is another one or not. */
  readonly onRekeyAnswered: (key: PersonKey) => void;
  /** Ends the connection of a client, which somebody decided. */
  readonly onRemoved: PeopleDesk["onRemoved"];
  /** Says who may write in a room, and how often; or why that cannot be. */
  readonly setGate: (
    change: GateChange,
    whenDone: () => void,
  ) => RequestRefusal | undefined;
}

/**
 * What people may do on a server, and what they decide about each other, joined
 * with the store: nothing is told before it is durable.
 */
export class ChatPeople implements RoomGuard {
  readonly #options: ChatPeopleOptions;
  readonly #requests: PeopleRequests;
  /** What to do when the store has answered, by ID. */
  readonly #changes = new Map<
    number,
    (result: PeopleChangeResult, time: InputTime) => void
  >();
  readonly #queries = new Map<
    number,
    (result: PeopleQueryResult) => void
  >();
  /** Below 0: those above are the registry's of rooms. */
  #nextId = -1;

  /**
   * Takes what the store has.
   *
   * @param options What it decides with.
   */
  constructor(options: ChatPeopleOptions) {
    const { people, accounts, onChanged, onRekeyed, onRemoved } = options;
    this.#options = options;
    this.#requests = new PeopleRequests({
      desk: {
        people,
        accounts,
        onChanged,
        onRekeyed,
        onRemoved,
        onIdentity: (device) => this.#giveIdentity(device),
      },
      state: options.state,
      registration: options.registration,
      ownerCode: options.ownerCode,
      change: (change, then) => this.#change(change, then),
      query: (query, then) => this.#query(query, then),
      reply: (device, requestId, reply) =>
        this.#reply(device.handle, requestId, reply),
    });
  }

  /** Whether all changes are durable. */
  get isSettled(): boolean {
    return this.#changes.size === 0;
  }

  /** See {@linkcode PeopleRequests.banOf}. */
  banOf(subject: BanSubject, timeMs: number): ChatClose | undefined {
    return this.#requests.banOf(subject, timeMs);
  }

  /** Takes note that a client is gone. */
  handleGone(device: Device): void {
    this.#requests.handleGone(device);
  }

  /**
   * Takes note that somebody logged in: what the operator has changed beside
   * the running server is asked for.
   *
   * @param person Who.
   */
  handleJoined({ accountId, name }: Person): void {
    if (accountId === 0) return;
    this.#query({ type: "account", key: name.key }, (result) => {
      const { accounts, people, onChanged } = this.#options;
      const known = accounts.get(accountId);
      if (result.type !== "account" || known === undefined) return;
      const { account } = result;
      if (account?.accountId !== accountId) return;
      if (account.role === known.role) return;
      accounts.put({ ...known, role: account.role });
      const person = people.byName(known.name.key);
      if (person?.accountId !== accountId) return;
      people.setRole(person, account.role);
      onChanged(person, person.name.text);
    });
  }

  /**
   * Takes note that a change is durable, or could not be made.
   *
   * @param changeId As asked for with `change`.
   * @param result What came of it.
   * @param time When.
   */
  handleChanged(
    changeId: number,
    result: PeopleChangeResult,
    time: InputTime,
  ): void {
    const then = this.#changes.get(changeId);
    assert(then !== undefined, "nobody asked for that change");
    this.#changes.delete(changeId);
    then(result, time);
  }

  /**
   * Takes what the store knows.
   *
   * @param queryId As asked for with `query`.
   * @param result What it knows.
   */
  handleQueried(queryId: number, result: PeopleQueryResult): void {
    const then = this.#queries.get(queryId);
    assert(then !== undefined, "nobody asked that");
    this.#queries.delete(queryId);
    then(result);
  }

  /** See {@linkcode RoomGuard.checkAct}. */
  checkAct(person: Person, act: Act, timeMs: number): ActRefusal | undefined {
    const refusal = checkPermission(deedOf(act), person);
    if (refusal !== undefined || act.type === "remove") return refusal;
    return this.#requests.checkMuted(person, timeMs);
  }

  /** See {@linkcode RoomGuard.mayRemove}. */
  mayRemove(person: Person, { accountId }: Authorship): boolean {
    const author = this.#options.accounts.get(accountId)?.role ?? "guest";
    return checkPermission("removeOthers", person) === undefined &&
      checkRank(person.role, author) === undefined;
  }

  /** See {@linkcode RoomGuard.auditOfRemoval}. */
  auditOfRemoval(
    { name }: Person,
    roomId: number,
    sequence: number,
    timeMs: number,
  ): AuditEntry {
    return {
      timeMs,
      who: name.text,
      what: "removeMessage",
      whom: `room ${roomId}`,
      detail: `${sequence}`,
    };
  }

  /**
   * Takes a request. It is replied to now, or when what it needs is known.
   *
   * @param asked The request, and where it was asked.
   * @returns False if it breaks the protocol: it is for another stream.
   * @throws {ProtocolError} If it breaks it in itself.
   */
  handle(asked: AskedOfPeople): boolean {
    const { device, requestId, query, roomId, nowUs, timeMs } = asked;
    if (query.type === "lock" || query.type === "slow") {
      this.#setGate(asked, query);
      return true;
    }
    if (roomId !== DEFAULT_ROOM_ID) return false;
    const asker = { device, nowUs, timeMs };
    if (!this.#requests.handleRequest(requestId, query, asker)) {
      const refusal = { code: "busy", retryAfterSeconds: 1 } as const;
      const { outputs } = this.#options;
      outputs.send([device.handle], { type: "failed", requestId, refusal });
    }
    return true;
  }

  /** See {@linkcode RoomGuard.accountOf}. */
  accountOf(key: string): Account | undefined {
    // The skeleton does not matter: the key alone says whose name it is.
    return this.#options.accounts.find({ text: key, key, skeleton: "" })
      .account;
  }

  #setGate(
    asked: AskedOfPeople,
    query: Extract<PeopleRequest, { readonly type: "lock" | "slow" }>,
  ): void {
    const { member, requestId, device, roomId, timeMs, nowUs } = asked;
    const { outputs, setGate } = this.#options;
    const what = query.type === "lock"
      ? query.isOn ? "lock" : "unlock"
      : "slow";
    const detail = query.type === "slow" ? `${query.seconds}` : "";
    const asker = { device, nowUs, timeMs };
    const audit = entryOf(asker, what, `room ${roomId}`, detail);
    const refusal = checkPermission(query.type, device.person) ??
      setGate({ roomId, query, audit }, () => {
        if (this.#options.people.get(device.handle) !== device) return;
        const answer = { type: "done" } as const;
        outputs.send([member], { type: "answer", requestId, answer });
      });
    if (refusal === undefined) return;
    outputs.send([member], { type: "failed", requestId, refusal });
  }

  #change(
    change: PeopleChange,
    then: (result: PeopleChangeResult, time: InputTime) => void,
  ): void {
    const { outputs, onRekeying, onRekeyAnswered } = this.#options;
    const changeId = this.#nextId--;
    const key = keyChangedBy(change);
    if (key !== undefined) onRekeying(key);
    this.#changes.set(changeId, (result, time) => {
      then(result, time);
      if (key !== undefined) onRekeyAnswered(key);
    });
    outputs.push({ type: "change", changeId, change });
  }

  #query(
    query: PeopleQuery,
    then: (result: PeopleQueryResult) => void,
  ): void {
    const queryId = this.#nextId--;
    this.#queries.set(queryId, then);
    this.#options.outputs.push({ type: "query", queryId, query });
  }

  #reply(member: number, requestId: number, reply: Reply): void {
    const { outputs } = this.#options;
    if (reply.type === "answer") {
      const { answer } = reply;
      outputs.send([member], { type: "answer", requestId, answer });
    } else {
      const { refusal } = reply;
      outputs.send([member], { type: "failed", requestId, refusal });
    }
  }

  #giveIdentity({ handle: member, person }: Device): void {
    const { accounts, outputs } = this.#options;
    const name = person.name.text;
    const account = accounts.get(person.accountId);
    outputs.push({ type: "identity", member, name, account });
  }
}

const ACT_DEEDS: Readonly<Record<Act["type"], Deed>> = {
  message: "say",
  edit: "changeOwn",
  remove: "changeOwn",
  react: "react",
  pin: "pin",
  acknowledge: "acknowledge",
  topic: "topic",
};

function deedOf(act: Act): Deed {
  const isAnnouncement = act.type === "message" && act.style === "announcement";
  return isAnnouncement ? "announce" : ACT_DEEDS[act.type];
}
