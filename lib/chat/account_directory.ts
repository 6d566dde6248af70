import { assert } from "../base/assert.ts";
import type { Account } from "./account.ts";
import type { MemberName } from "./name.ts";

/** Whose a name is. */
export interface NameHolder {
  /** Undefined if nobody has claimed the name. */
  readonly account: Account | undefined;
  /** Whether a name that looks like it, and is another one, is claimed. */
  readonly isLookalike: boolean;
}

/**
 * The names that people have claimed, all of them in memory: a login asks for
 * one before it may answer, and the disk may be slow.
 */
export class AccountDirectory {
  readonly #byId = new Map<number, Account>();
  /** The same accounts, by {@linkcode MemberName.key}. */
  readonly #byKey = new Map<string, Account>();
  /** The same accounts, by {@linkcode MemberName.skeleton}. */
  readonly #bySkeleton = new Map<string, Account>();

  /**
   * Takes what the store has.
   *
   * @param accounts The accounts.
   */
  constructor(accounts: readonly Account[] = []) {
    for (const account of accounts) this.put(account);
  }

  /** How many names are claimed. */
  get size(): number {
    return this.#byId.size;
  }

  /** Whether somebody owns the server. */
  get hasOwner(): boolean {
    return this.#byId.values().some(({ role }) => role === "owner");
  }

  /** An account by its number. */
  get(accountId: number): Account | undefined {
    return this.#byId.get(accountId);
  }

  /**
   * Looks whose a name is.
   *
   * @param name The name.
   * @returns Its account, if it has one.
   */
  find(name: MemberName): NameHolder {
    const account = this.#byKey.get(name.key);
    const isLookalike = account === undefined &&
      this.#bySkeleton.has(name.skeleton);
    return { account, isLookalike };
  }

  /**
   * Adds an account, or puts it in the place of what was known of it.
   *
   * @param account The account. Its name is not another one's: the store has
   * seen to that.
   */
  put(account: Account): void {
    this.remove(account.accountId);
    const { key, skeleton } = account.name;
    assert(!this.#byKey.has(key), "a name has one account");
    this.#byId.set(account.accountId, account);
    this.#byKey.set(key, account);
    this.#bySkeleton.set(skeleton, account);
  }

  /**
   * Removes an account.
   *
   * @param accountId Which; one that is gone already is ignored.
   */
  remove(accountId: number): void {
    const account = this.#byId.get(accountId);
    if (account === undefined) return;
    this.#byId.delete(accountId);
    this.#byKey.delete(account.name.key);
    this.#bySkeleton.delete(account.name.skeleton);
  }
}
