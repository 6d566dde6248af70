import type { ActRefusal } from "./act_refusal.ts";
import type { BanSubject } from "./ban_list.ts";
import type { InputTime } from "./chat_server_input.ts";
import { Claims, type Registration } from "./claims.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_AUDIT_ENTRIES } from "./limits.ts";
import { entryOf, Moderation, tidyLine } from "./moderation.ts";
import { checkName } from "./name.ts";
import type { OwnerCode } from "./owner_code.ts";
import type { Device } from "./people.ts";
import {
  keyChangedBy,
  type PeopleChange,
  type PeopleChangeResult,
  type PeopleQuery,
  type PeopleQueryResult,
  type PeopleState,
} from "./people_change.ts";
import {
  type Asker,
  type Decision,
  DONE,
  findSomebody,
  type PeopleDesk,
  refuse,
  type Reply,
  replyTo,
} from "./people_desk.ts";
import type { PeopleRequest } from "./people_request.ts";
import { checkPermission, type Deed } from "./permission.ts";
import { GUEST_ACCOUNT_ID, type Person } from "./person.ts";

/** A request of these that is about a room is the room's matter. */
export type ServerPeopleRequest = Exclude<
  PeopleRequest,
  { readonly type: "lock" | "slow" }
>;

/** What {@linkcode PeopleRequests} is made with. */
export interface PeopleRequestsOptions {
  /** Who is known. */
  readonly desk: PeopleDesk;
  /** What the store had. */
  readonly state: Pick<PeopleState, "bans" | "mutes">;
  /** What giving a name a password takes. */
  readonly registration: Registration;
  /** Makes an owner of a server that has none. */
  readonly ownerCode: OwnerCode | undefined;
  /** Makes a change durable, and answers once it is. */
  readonly change: (
    change: PeopleChange,
    then: (result: PeopleChangeResult, time: InputTime) => void,
  ) => void;
  /** Asks the store. */
  readonly query: (
    query: PeopleQuery,
    then: (result: PeopleQueryResult) => void,
  ) => void;
  /** Replies to a request; not called for a client that is gone. */
  readonly reply: (device: Device, requestId: number, reply: Reply) => void;
}

/**
 * Answers what people ask about themselves and each other
 * (docs/PROTOCOL.md section 7.12), and knows who is banned and muted.
 */
export class PeopleRequests {
  readonly #options: PeopleRequestsOptions;
  readonly #claims: Claims;
  readonly #moderation: Moderation;
  /** Who waits for which change of theirs: one at a time. */
  readonly #waiting = new Map<Person, PeopleChange>();

  /**
   * Takes what the store has.
   *
   * @param options What it decides with.
   */
  constructor(options: PeopleRequestsOptions) {
    const { desk, registration, state } = options;
    this.#options = options;
    this.#moderation = new Moderation(desk, state);
    const onRekeyed: PeopleDesk["onRekeyed"] = (key, oldKey, time) => {
      this.#moderation.rekey(key, oldKey);
      desk.onRekeyed(key, oldKey, time);
    };
    this.#claims = new Claims({ ...desk, onRekeyed }, registration);
  }

  /** See {@linkcode Moderation.banOf}. */
  banOf(subject: BanSubject, timeMs: number): ChatClose | undefined {
    return this.#moderation.banOf(subject, timeMs);
  }

  /**
   * Tells whether somebody may write at all.
   *
   * @param person Who.
   * @param timeMs The wall clock.
   * @returns Why not; undefined if they may.
   */
  checkMuted(person: Person, timeMs: number): ActRefusal | undefined {
    const mutedMs = this.#moderation.mutedMs(person, timeMs);
    if (mutedMs === 0) return undefined;
    return { code: "muted", retryAfterSeconds: Math.ceil(mutedMs / 1_000) };
  }

  /** Forgets what a client began that is gone. */
  handleGone(device: Device): void {
    this.#claims.forget(device);
  }

  /**
   * Takes a request. It is replied to now, or when what it needs is known.
   *
   * @param requestId The client's number of it.
   * @param request The request.
   * @param asker Whose.
   * @returns Whether it is taken: not while the last change that the same
   * person asked for is on its way, or one that would undo this.
   * @throws {ProtocolError} If it breaks the protocol.
   */
  handleRequest(
    requestId: number,
    request: ServerPeopleRequest,
    asker: Asker,
  ): boolean {
    const { device } = asker;
    const { person } = device;
    if (this.#waiting.has(person) || this.#isUndone(request)) return false;
    const decision = checkDeed(request, person) ??
      this.#decide(request, asker);
    const reply = (reply: Reply) => {
      if (this.#options.desk.people.get(device.handle) !== device) return;
      this.#options.reply(device, requestId, reply);
    };
    switch (decision.type) {
      case "answer":
      case "refused":
        reply(decision);
        return true;
      case "change":
        this.#waiting.set(person, decision.change);
        this.#options.change(decision.change, (result, time) => {
          this.#waiting.delete(person);
          reply(decision.then(result, time));
        });
        return true;
      case "query":
        this.#options.query(
          decision.query,
          (result) => reply(decision.then(result)),
        );
        return true;
    }
  }

  /** Whoever is silenced under a key that is let go is not. */
  #isUndone(request: ServerPeopleRequest): boolean {
    if (request.type !== "mute") return false;
    const target = findSomebody(this.#options.desk, request.name)?.present;
    const change = target && this.#waiting.get(target);
    return change !== undefined && keyChangedBy(change) !== undefined;
  }

  #decide(request: ServerPeopleRequest, asker: Asker): Decision {
    switch (request.type) {
      case "claimStart":
        return this.#claims.start(asker, request.request);
      case "claimFinish":
        return this.#claims.finish(asker, request.record);
      case "release":
        return this.#claims.release(asker);
      case "nick":
        return this.#nick(asker, request.name);
      case "away":
        return this.#away(asker, tidyLine(request.text));
      case "profile":
        return this.#profile(asker, tidyLine(request.text));
      case "role":
      case "kick":
      case "ban":
      case "unban":
      case "bans":
      case "mute":
        return this.#moderation.decide(request, asker);
      case "audit":
        return auditOf(request.before);
      case "owner":
        return this.#owner(asker, request.code);
    }
  }

  #nick(asker: Asker, typed: string): Decision {
    const { people, accounts } = this.#options.desk;
    const { device: { person } } = asker;
    const check = checkName(typed);
    if (check.type === "invalid") {
      return refuse({ code: "nameInvalid", rule: check.rule });
    }
    const { name } = check;
    const holder = people.holderOf(name);
    const { account, isLookalike } = accounts.find(name);
    const { accountId } = person;
    const isOwn = account !== undefined && account.accountId === accountId;
    const isClaimed = !isOwn && (account !== undefined || isLookalike) &&
      !this.#looksLikeOwn(person, name.skeleton);
    if (holder !== undefined && holder !== person || isClaimed) {
      return refuse({ code: "nameTaken" });
    }
    if (accountId === GUEST_ACCOUNT_ID) {
      this.#rename(person, name);
      return DONE;
    }
    const audit = entryOf(asker, "rename", person.name.text, name.text);
    return {
      type: "change",
      change: { type: "rename", accountId, name, audit },
      then: (result) => {
        const before = accounts.get(accountId);
        if (result.type === "done" && before !== undefined) {
          accounts.put({ ...before, name });
          if (people.devicesOf(person.key).length > 0) {
            this.#rename(person, name);
          }
        }
        return replyTo(result);
      },
    };
  }

  /** The own name in another way of writing it is not somebody else's. */
  #looksLikeOwn(person: Person, skeleton: string): boolean {
    return person.accountId !== GUEST_ACCOUNT_ID &&
      person.name.skeleton === skeleton;
  }

  #rename(person: Person, name: Person["name"]): void {
    const { people, onChanged, onIdentity } = this.#options.desk;
    const oldName = person.name.text;
    people.rename(person, name);
    onChanged(person, oldName);
    // A ticket is for a name.
    for (const device of people.devicesOf(person.key)) onIdentity(device);
  }

  #away({ device: { person } }: Asker, text: string): Decision {
    const { people, onChanged } = this.#options.desk;
    const isAway = text !== "";
    const wasAway = person.isAway;
    people.setAway(person, isAway, text);
    if (isAway !== wasAway) onChanged(person, person.name.text);
    return DONE;
  }

  #profile({ device: { person } }: Asker, profile: string): Decision {
    const { accounts } = this.#options.desk;
    const { accountId } = person;
    return {
      type: "change",
      change: { type: "setProfile", accountId, profile },
      then: (result) => {
        const account = accounts.get(accountId);
        if (result.type === "done" && account !== undefined) {
          accounts.put({ ...account, profile });
        }
        return replyTo(result);
      },
    };
  }

  #owner(asker: Asker, code: string): Decision {
    const { desk: { people, accounts, onChanged }, ownerCode } = this.#options;
    const { device: { person } } = asker;
    const { accountId } = person;
    if (accounts.hasOwner || ownerCode?.matches(code) !== true) {
      return refuse({ code: "wrongCode" });
    }
    const audit = entryOf(asker, "setRole", person.name.text, "owner");
    return {
      type: "change",
      change: { type: "setRole", accountId, role: "owner", audit },
      then: (result) => {
        const account = accounts.get(accountId);
        if (result.type === "done" && account !== undefined) {
          accounts.put({ ...account, role: "owner" });
          if (people.devicesOf(person.key).length > 0) {
            people.setRole(person, "owner");
            onChanged(person, person.name.text);
          }
        }
        return replyTo(result);
      },
    };
  }
}

function auditOf(before: number): Decision {
  return {
    type: "query",
    query: { type: "audit", before, limit: MAX_AUDIT_ENTRIES },
    then: (result) =>
      result.type === "audit"
        ? { type: "answer", answer: result }
        : refuse({ code: "notFound" }),
  };
}

function checkDeed(
  { type }: ServerPeopleRequest,
  { role }: Person,
): Reply | undefined {
  const refusal = checkPermission(DEEDS[type], { role });
  return refusal && refuse(refusal);
}

const DEEDS: Readonly<Record<ServerPeopleRequest["type"], Deed>> = {
  claimStart: "claim",
  claimFinish: "claim",
  release: "release",
  nick: "nick",
  away: "away",
  profile: "profile",
  role: "setRole",
  kick: "kick",
  ban: "ban",
  unban: "ban",
  bans: "ban",
  mute: "mute",
  audit: "audit",
  owner: "becomeOwner",
};
