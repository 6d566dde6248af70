import { assert } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { AccountDirectory } from "../../../lib/chat/account_directory.ts";
import type { AuditRow } from "../../../lib/chat/account.ts";
import type { ChatClose } from "../../../lib/chat/close_code.ts";
import { checkName, type MemberName } from "../../../lib/chat/name.ts";
import { OwnerCode } from "../../../lib/chat/owner_code.ts";
import { type Device, People } from "../../../lib/chat/people.ts";
import type { PeopleDesk, Reply } from "../../../lib/chat/people_desk.ts";
import {
  PeopleRequests,
  type ServerPeopleRequest,
} from "../../../lib/chat/people_requests.ts";
import type { Role } from "../../../lib/chat/role.ts";
import { migrate } from "../../../lib/store/migrations.ts";
import { PeopleStore } from "../../../lib/store/people.ts";
import { fakeRegistration } from "./fake_registration.ts";
import { authorKeyOf } from "./test_room.ts";

/** When everything here happens, unless said otherwise. */
export const PEOPLE_TIME = 1_795_305_600_000;

/** A registration request that is well formed here. */
export const CLAIM_REQUEST: Uint8Array = new Uint8Array(32).fill(1);

/** A record that is well formed here. */
export const CLAIM_RECORD: Uint8Array = new Uint8Array(192).fill(2);

/** A name that keeps the rules. */
export function nameOf(text: string): MemberName {
  const check = checkName(text);
  assert(check.type === "valid");
  return check.name;
}

/** People, what they ask, and a store in memory that answers at once or later. */
export class PeopleWorld {
  /** What the others were told: `old name, new name, role, away`. */
  readonly told: string[] = [];
  /** Who was sent away, and how. */
  readonly removed: [string, ChatClose][] = [];
  /** Who was given a ticket, and as whom. */
  readonly tickets: string[] = [];
  /** The wall clock. */
  timeMs: number = PEOPLE_TIME;
  /** Whether changes wait for {@linkcode PeopleWorld.commit}. */
  isSlow = false;
  readonly ownerCode = new OwnerCode(new Uint8Array(16));
  readonly people = new People(99);
  readonly #store: PeopleStore;
  readonly #desk: PeopleDesk;
  readonly #requests: PeopleRequests;
  readonly #commits: (() => void)[] = [];
  #reply: Reply | undefined;
  #handle = 1;

  /** Starts with a database, as a server does. */
  constructor(database: DatabaseSync = new DatabaseSync(":memory:")) {
    migrate(database);
    this.#store = new PeopleStore(database);
    const state = this.#store.state(PEOPLE_TIME);
    this.#desk = {
      people: this.people,
      accounts: new AccountDirectory(state.accounts),
      onChanged: ({ name, role, isAway }, oldName) =>
        this.told.push(
          `${oldName}, ${name.text}, ${role}${isAway ? ", away" : ""}`,
        ),
      onRekeyed: () => {},
      onIdentity: ({ person }) =>
        this.tickets.push(`${person.name.text} ${person.accountId}`),
      onRemoved: (device, close) => {
        this.removed.push([device.person.name.text, close]);
        this.people.remove(device);
      },
    };
    this.#requests = new PeopleRequests({
      desk: this.#desk,
      state,
      registration: fakeRegistration,
      ownerCode: this.ownerCode,
      change: (change, then) => {
        this.#commits.push(() =>
          then(this.#store.apply(change), { nowUs: 0, timeMs: this.timeMs })
        );
        if (!this.isSlow) this.commit();
      },
      query: (query, then) => then(this.#store.query(query)),
      reply: (_device, _requestId, reply) => this.#reply = reply,
    });
  }

  get accounts(): AccountDirectory {
    return this.#desk.accounts;
  }

  get requests(): PeopleRequests {
    return this.#requests;
  }

  /** Somebody comes, as the holder of the name if it is claimed. */
  join(name: string, address = "192.0.2.1"): Device {
    const { account } = this.accounts.find(nameOf(name));
    const handle = this.#handle++;
    const admission = this.people.admit({
      handle,
      authorKey: authorKeyOf(handle),
      name: nameOf(name),
      accountId: account?.accountId ?? 0,
      role: account?.role ?? "guest",
      address,
    });
    assert(admission.type === "admitted");
    return admission.device;
  }

  /** Somebody comes who has claimed the name and has a role. */
  joinAs(name: string, role: Role, address?: string): Device {
    const device = this.join(name, address);
    if (role === "guest") return device;
    if (device.person.accountId === 0) this.claim(device);
    const { accountId } = device.person;
    const audit = {
      timeMs: 0,
      who: "",
      what: "setRole",
      whom: name,
      detail: role,
    } as const;
    this.#store.apply({ type: "setRole", accountId, role, audit });
    this.accounts.put({ ...this.accounts.get(accountId)!, role });
    this.people.setRole(device.person, role);
    this.forget();
    return device;
  }

  /** Gives the name of somebody a password. */
  claim(device: Device): Reply | undefined {
    this.ask(device, { type: "claimStart", request: CLAIM_REQUEST });
    return this.ask(device, { type: "claimFinish", record: CLAIM_RECORD });
  }

  /** Asks, and takes the reply if it is there. */
  ask(device: Device, request: ServerPeopleRequest): Reply | undefined {
    this.#reply = undefined;
    const { timeMs } = this;
    const asker = { device, nowUs: 0, timeMs };
    const isTaken = this.#requests.handleRequest(1, request, asker);
    return isTaken ? this.#reply : undefined;
  }

  /** As {@linkcode PeopleWorld.ask}, and what it is refused for. */
  refusal(device: Device, request: ServerPeopleRequest): unknown {
    const reply = this.ask(device, request);
    return reply?.type === "refused" ? reply.refusal : reply;
  }

  /** What waits is durable. */
  commit(): Reply | undefined {
    for (const commit of this.#commits.splice(0)) commit();
    return this.#reply;
  }

  /** What was done, the newest last. */
  audit(): string[] {
    const result = this.#store.query({ type: "audit", before: 0, limit: 99 });
    assert(result.type === "audit");
    return result.rows.map(auditText).reverse();
  }

  /** Forgets what was told until now. */
  forget(): void {
    this.told.length = 0;
    this.tickets.length = 0;
    this.removed.length = 0;
  }
}

function auditText({ who, what, whom, detail }: AuditRow): string {
  return [who, what, whom, detail].join(" ").trim();
}
