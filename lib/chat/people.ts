import { assert } from "../base/assert.ts";
import type { MemberName } from "./name.ts";
import {
  GUEST_ACCOUNT_ID,
  type Person,
  type PersonKey,
  personKeyOf,
} from "./person.ts";
import type { Role } from "./role.ts";

/** A client that is connected. */
export interface Device {
  /** The caller's handle of its stream 0. */
  readonly handle: number;
  /** Which client: `makeAuthorKey()`. */
  readonly authorKey: string;
  /** Whose. */
  readonly person: Person;
  /** The IP address it came from, without port. */
  readonly address: string;
}

/** A client that has logged in. */
export interface Arrival {
  /** The caller's handle of its stream 0; never used before. */
  readonly handle: number;
  /** Which client: `makeAuthorKey()`. */
  readonly authorKey: string;
  /** The name from the login. */
  readonly name: MemberName;
  /** The account; {@linkcode GUEST_ACCOUNT_ID} for a guest. */
  readonly accountId: number;
  /** What the account may do. */
  readonly role: Role;
  /** The IP address it comes from, without port. */
  readonly address: string;
}

/** What becomes of an arrival. */
export type Admission =
  | {
    readonly type: "admitted";
    readonly device: Device;
    /** The same client's old connection: it is not among the people any more. */
    readonly previous: Device | undefined;
    /** Whether the old connection was the same person's, under the same name. */
    readonly isReturn: boolean;
  }
  | { readonly type: "refused"; readonly reason: "nameTaken" | "roomFull" };

/**
 * Who is connected to a server: persons, and the devices of each. A guest has
 * one device. The devices of an account are one person, under one name.
 *
 * A client that comes back while its old connection lingers takes its own place.
 */
export class People {
  readonly #maxDevices: number;
  readonly #devices = new Map<number, Device>();
  /** The same devices, by author key. */
  readonly #byAuthor = new Map<string, Device>();
  readonly #byPerson = new Map<PersonKey, PresentDevices>();
  /** Persons by {@linkcode MemberName.key}. */
  readonly #byName = new Map<string, Person>();
  readonly #bySkeleton = new Map<string, Person>();

  /**
   * Starts without anybody.
   *
   * @param maxDevices How many may be connected.
   */
  constructor(maxDevices: number) {
    this.#maxDevices = maxDevices;
  }

  /** How many devices are connected. */
  get deviceCount(): number {
    return this.#devices.size;
  }

  /** A device by its handle. */
  get(handle: number): Device | undefined {
    return this.#devices.get(handle);
  }

  /** All devices, in the order in which they came. */
  devices(): Device[] {
    return Array.from(this.#devices.values());
  }

  /** The devices of a person, in the order in which they came. */
  devicesOf(key: PersonKey): readonly Device[] {
    return Array.from(this.#byPerson.get(key)?.devices ?? []);
  }

  /** Who has a name, or one that looks like it. */
  holderOf(name: MemberName): Person | undefined {
    return this.#byName.get(name.key) ?? this.#bySkeleton.get(name.skeleton);
  }

  /**
   * Lets a client in, unless its name is taken or there are too many.
   *
   * @param arrival Who.
   * @returns Whether it is in.
   */
  admit(arrival: Arrival): Admission {
    const { handle, authorKey, name, accountId, address } = arrival;
    assert(!this.#devices.has(handle), "a device handle is used once");
    const key = personKeyOf(accountId, authorKey);
    const previous = this.#byAuthor.get(authorKey);
    const present = this.#byPerson.get(key);
    const isReturn = previous !== undefined && previous.person.key === key &&
      (accountId !== GUEST_ACCOUNT_ID || previous.person.name.key === name.key);
    const isOneMore = present !== undefined && accountId !== GUEST_ACCOUNT_ID;
    if (!isReturn && !isOneMore && this.#isTaken(name, previous)) {
      return { type: "refused", reason: "nameTaken" };
    }
    const staying = this.#devices.size - (previous === undefined ? 0 : 1);
    if (staying >= this.#maxDevices) {
      return { type: "refused", reason: "roomFull" };
    }
    if (previous !== undefined && !isReturn) this.remove(previous);
    const person = this.#byPerson.get(key)?.person ?? newPerson(key, arrival);
    const device: Device = { handle, authorKey, person, address };
    this.#add(device);
    // Last, so that the person stays meanwhile.
    if (isReturn) this.#removeDevice(previous);
    return { type: "admitted", device, previous, isReturn };
  }

  /**
   * Removes a device; with its last one the person goes.
   *
   * @param device Which; one that is gone already is ignored.
   */
  remove(device: Device): void {
    if (this.#devices.get(device.handle) !== device) return;
    this.#removeDevice(device);
  }

  /** Removes everybody. */
  clear(): void {
    this.#devices.clear();
    this.#byAuthor.clear();
    this.#byPerson.clear();
    this.#byName.clear();
    this.#bySkeleton.clear();
  }

  /** Who has just this name. */
  byName(key: string): Person | undefined {
    return this.#byName.get(key);
  }

  /**
   * Gives a person another name, which nobody else has.
   *
   * @param person Whom.
   * @param name The name.
   */
  rename(person: Person, name: MemberName): void {
    this.#byName.delete(person.name.key);
    this.#bySkeleton.delete(person.name.skeleton);
    change(person, { name });
    this.#byName.set(name.key, person);
    this.#bySkeleton.set(name.skeleton, person);
  }

  /**
   * Takes note that a person has another role.
   *
   * @param person Who.
   * @param role The role.
   */
  setRole(person: Person, role: Role): void {
    change(person, { role });
  }

  /**
   * Takes note that a person is away, or is back.
   *
   * @param person Who.
   * @param isAway Whether it is away.
   * @param awayText What it says of that.
   */
  setAway(person: Person, isAway: boolean, awayText: string): void {
    change(person, { isAway, awayText });
  }

  /**
   * Takes note that a guest has an account from now on, or that a person is a
   * guest from now on, who then has one device.
   *
   * @param person Who.
   * @param accountId The account; {@linkcode GUEST_ACCOUNT_ID} for none.
   * @param role What it may do.
   */
  setAccount(person: Person, accountId: number, role: Role): void {
    const present = this.#byPerson.get(person.key);
    assert(present?.person === person, "only who is here changes");
    assert(present.devices.size === 1, "a guest has one device");
    const [device] = present.devices;
    const { authorKey } = device!;
    this.#byPerson.delete(person.key);
    change(person, { key: personKeyOf(accountId, authorKey), accountId, role });
    this.#byPerson.set(person.key, present);
  }

  /** The same client under another name: its old self goes. */
  #isTaken(name: MemberName, previous: Device | undefined): boolean {
    const holder = this.holderOf(name);
    if (holder === undefined) return false;
    return holder !== previous?.person ||
      this.devicesOf(holder.key).length > 1;
  }

  #add(device: Device): void {
    const { handle, authorKey, person } = device;
    this.#devices.set(handle, device);
    this.#byAuthor.set(authorKey, device);
    const present = this.#byPerson.get(person.key);
    if (present !== undefined) {
      present.devices.add(device);
      return;
    }
    this.#byPerson.set(person.key, { person, devices: new Set([device]) });
    this.#byName.set(person.name.key, person);
    this.#bySkeleton.set(person.name.skeleton, person);
  }

  #removeDevice(device: Device): void {
    const { handle, authorKey, person } = device;
    this.#devices.delete(handle);
    if (this.#byAuthor.get(authorKey) === device) {
      this.#byAuthor.delete(authorKey);
    }
    const present = this.#byPerson.get(person.key)!;
    present.devices.delete(device);
    if (present.devices.size > 0) return;
    this.#byPerson.delete(person.key);
    this.#byName.delete(person.name.key);
    this.#bySkeleton.delete(person.name.skeleton);
  }
}

interface PresentDevices {
  readonly person: Person;
  readonly devices: Set<Device>;
}

function newPerson(key: PersonKey, { name, accountId, role }: Arrival): Person {
  return { key, name, accountId, role, isAway: false, awayText: "" };
}

/** A person is one object for all who have it. */
function change(person: Person, facts: Partial<Person>): void {
  Object.assign(person, facts);
}
