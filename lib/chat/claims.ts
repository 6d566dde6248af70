import type { Opaque, Stretching } from "../crypto/opaque.ts";
import type { Account, AccountPassword } from "./account.ts";
import { entryOf } from "./moderation.ts";
import type { MemberName } from "./name.ts";
import type { Device } from "./people.ts";
import {
  type Asker,
  type Decision,
  type PeopleDesk,
  refuse,
  replyTo,
} from "./people_desk.ts";
import { GUEST_ACCOUNT_ID, personKeyOf } from "./person.ts";
import { ProtocolError } from "./protocol_error.ts";

/** What registering a password at a server takes. */
export interface Registration {
  /** OPAQUE. */
  readonly opaque: Pick<Opaque, "createRegistrationResponse" | "isRecord">;
  /** The server's OPAQUE secrets. */
  readonly setup: string;
  /** What clients make records with. */
  readonly stretching: Stretching;
}

/** A registration that was begun. */
interface OpenClaim {
  readonly name: MemberName;
  readonly accountId: number;
  readonly identifier: string;
}

/**
 * Gives names passwords of their own (docs/PROTOCOL.md section 6.8). Whoever is
 * in under a name may claim it: that they are is all that is asked of a guest,
 * and the holder of a claimed name changes its password the same way. The
 * server learns no password.
 */
export class Claims {
  readonly #desk: PeopleDesk;
  readonly #registration: Registration;
  /** By the client that began it; one each. */
  readonly #open = new Map<Device, OpenClaim>();
  /** So that no identifier comes twice in one millisecond. */
  #started = 0;

  /**
   * Starts without any.
   *
   * @param desk Who is known.
   * @param registration What it takes.
   */
  constructor(desk: PeopleDesk, registration: Registration) {
    this.#desk = desk;
    this.#registration = registration;
  }

  /**
   * Begins a registration; one that was begun before is forgotten.
   *
   * @param asker Who wants it.
   * @param request OPAQUE's registration request.
   * @returns What to answer.
   * @throws {ProtocolError} If the request is malformed.
   */
  start({ device, timeMs }: Asker, request: Uint8Array): Decision {
    const { opaque, setup, stretching } = this.#registration;
    const { name, accountId } = device.person;
    const identifier = `account ${name.key} ${timeMs} ${++this.#started}`;
    const response = opaque.createRegistrationResponse({
      setup,
      userIdentifier: identifier,
      request,
    });
    if (response === undefined) {
      throw new ProtocolError("malformed OPAQUE registration");
    }
    this.#open.set(device, { name, accountId, identifier });
    const answer = { type: "claimStart", response, stretching } as const;
    return { type: "answer", answer };
  }

  /**
   * Ends a registration.
   *
   * @param asker Who began it.
   * @param record OPAQUE's record.
   * @returns What to do.
   * @throws {ProtocolError} If the record is malformed.
   */
  finish(asker: Asker, record: Uint8Array): Decision {
    const { device } = asker;
    const { opaque, setup, stretching } = this.#registration;
    const claim = this.#open.get(device);
    this.#open.delete(device);
    const { name, accountId } = device.person;
    // Meanwhile the name or the account may have become another one.
    const isSame = claim?.name.key === name.key &&
      claim.accountId === accountId;
    if (!isSame) return refuse({ code: "noClaim" });
    const { identifier } = claim;
    if (!opaque.isRecord({ setup, userIdentifier: identifier, record })) {
      throw new ProtocolError("malformed OPAQUE record");
    }
    const password = { identifier, record, stretching };
    return accountId === GUEST_ACCOUNT_ID
      ? this.#claim(asker, password)
      : this.#setPassword(asker, password);
  }

  /**
   * Gives a name back: its holder is a guest then, on one device.
   *
   * @param asker Who.
   * @returns What to do.
   */
  release(asker: Asker): Decision {
    const { device } = asker;
    const { person } = device;
    const { accountId, key: oldKey } = person;
    const guestKey = personKeyOf(GUEST_ACCOUNT_ID, device.authorKey);
    const { accounts, people, onRemoved, onChanged } = this.#desk;
    const audit = entryOf(asker, "release", person.name.text, "");
    return {
      type: "change",
      change: { type: "release", accountId, person: guestKey, audit },
      then: (result, time) => {
        const { timeMs } = time;
        accounts.remove(accountId);
        const isHere = people.get(device.handle) === device;
        for (const other of people.devicesOf(person.key)) {
          if (other === device && isHere) continue;
          // The password it logged in with is nobody's any more.
          onRemoved(other, { type: "wrongPassword" }, timeMs);
        }
        const isStill = isHere && person.accountId === accountId;
        if (isStill) people.setAccount(person, GUEST_ACCOUNT_ID, "guest");
        if (result.type === "done") {
          this.#desk.onRekeyed(guestKey, oldKey, time);
        }
        if (isStill) {
          onChanged(person, person.name.text);
          this.#desk.onIdentity(device);
        }
        return replyTo(result);
      },
    };
  }

  /** Forgets what a client began that is gone. */
  forget(device: Device): void {
    this.#open.delete(device);
  }

  #claim(asker: Asker, password: AccountPassword): Decision {
    const { device, timeMs: createdMs } = asker;
    const { person } = device;
    const { name } = person;
    const { accounts, people, onChanged, onIdentity } = this.#desk;
    const guestKey = person.key;
    const audit = entryOf(asker, "claim", name.text, "");
    return {
      type: "change",
      change: { type: "claim", name, password, person: guestKey, audit },
      then: (result, time) => {
        const { timeMs } = time;
        if (result.type !== "claimed") return replyTo(result);
        const { accountId } = result;
        const account: Account = {
          accountId,
          name,
          role: "member",
          profile: "",
          createdMs,
          password,
        };
        accounts.put(account);
        const isHere = people.get(device.handle) === device &&
          person.key === guestKey && person.name === name;
        if (isHere) people.setAccount(person, accountId, account.role);
        const accountKey = personKeyOf(accountId, device.authorKey);
        this.#desk.onRekeyed(accountKey, guestKey, time);
        if (isHere) {
          onChanged(person, name.text);
          onIdentity(device);
        }
        this.#removeUsurper(account, timeMs);
        return replyTo(result);
      },
    };
  }

  /** Who took the name while its claim was on the way to the disk. */
  #removeUsurper({ name, accountId }: Account, timeMs: number): void {
    const { people, onRemoved } = this.#desk;
    const holder = people.holderOf(name);
    if (holder === undefined || holder.accountId === accountId) return;
    for (const device of people.devicesOf(holder.key)) {
      onRemoved(device, { type: "nameTaken" }, timeMs);
    }
  }

  #setPassword(asker: Asker, password: AccountPassword): Decision {
    const { device: { person } } = asker;
    const { accountId } = person;
    const { accounts, people, onIdentity } = this.#desk;
    const audit = entryOf(asker, "setPassword", person.name.text, "");
    return {
      type: "change",
      change: { type: "setPassword", accountId, password, audit },
      then: (result) => {
        const account = accounts.get(accountId);
        if (result.type !== "done" || account === undefined) {
          return replyTo(result);
        }
        accounts.put({ ...account, password });
        // Tickets from the old password are void: whoever is in gets others.
        for (const device of people.devicesOf(person.key)) onIdentity(device);
        return { type: "answer", answer: { type: "claimed", accountId } };
      },
    };
  }
}
