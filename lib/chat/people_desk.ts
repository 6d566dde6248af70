/**
 * What those who decide about people's requests have in common: whom they know,
 * and what a decision can be.
 *
 * @module
 */

import type { AccountDirectory } from "./account_directory.ts";
import type { InputTime } from "./chat_server_input.ts";
import type { ChatClose } from "./close_code.ts";
import { checkName } from "./name.ts";
import type { Device, People } from "./people.ts";
import type {
  PeopleChange,
  PeopleChangeResult,
  PeopleQuery,
  PeopleQueryResult,
} from "./people_change.ts";
import type { PeopleAnswer, PeopleRefusal } from "./people_request.ts";
import { accountKeyOf, type Person, type PersonKey } from "./person.ts";
import type { Role } from "./role.ts";

/** Who asks, and when. */
export interface Asker extends InputTime {
  /** The client. */
  readonly device: Device;
}

/** What a request is answered with. */
export type Reply =
  | { readonly type: "answer"; readonly answer: PeopleAnswer }
  | { readonly type: "refused"; readonly refusal: PeopleDeskRefusal };

/** Why a request is not answered. */
export type PeopleDeskRefusal =
  | PeopleRefusal
  /** Nobody has that name. */
  | { readonly code: "unknownName" };

/** What is decided about a request. */
export type Decision =
  | Reply
  /** Change this, and reply when it is durable. */
  | {
    readonly type: "change";
    readonly change: PeopleChange;
    readonly then: (result: PeopleChangeResult, time: InputTime) => Reply;
  }
  /** Ask this, and reply with what is known. */
  | {
    readonly type: "query";
    readonly query: PeopleQuery;
    readonly then: (result: PeopleQueryResult) => Reply;
  };

/** Whom the deciders know, and what they have done. */
export interface PeopleDesk {
  /** Who is connected. */
  readonly people: People;
  /** Whose names are claimed. */
  readonly accounts: AccountDirectory;
  /** Tells the others that a person is another now, in whatever way. */
  readonly onChanged: (person: Person, oldName: string) => void;
  /** Told that a person's key is another one now, before it is told to others. */
  readonly onRekeyed: (
    key: PersonKey,
    oldKey: PersonKey,
    time: InputTime,
  ) => void;
  /** Gives a client what it can come back with as who it is now. */
  readonly onIdentity: (device: Device) => void;
  /** Ends the connection of a client, which somebody decided. */
  readonly onRemoved: (
    device: Device,
    close: ChatClose,
    timeMs: number,
  ) => void;
}

/** Somebody, present or with an account, or both. */
export interface Somebody {
  /** The name as it is written. */
  readonly name: string;
  /** The person's key, for ever. */
  readonly person: string;
  /** What they may do. */
  readonly role: Role;
  /** 0 for a guest. */
  readonly accountId: number;
  /** Undefined if not connected. */
  readonly present: Person | undefined;
}

/** It is done. */
export const DONE: Reply = { type: "answer", answer: { type: "done" } };

/**
 * Makes a refusal.
 *
 * @param refusal Why.
 * @returns The reply.
 */
export function refuse(refusal: PeopleDeskRefusal): Reply {
  return { type: "refused", refusal };
}

/**
 * What to say of a change that was made, or could not be.
 *
 * @param result What came of it.
 * @returns The reply.
 */
export function replyTo(result: PeopleChangeResult): Reply {
  switch (result.type) {
    case "done":
      return DONE;
    case "claimed": {
      const { accountId } = result;
      return { type: "answer", answer: { type: "claimed", accountId } };
    }
    case "nameClaimed":
      return refuse({ code: "nameTaken" });
    case "notFound":
      return refuse({ code: "notFound" });
    case "tooMany":
      return refuse({ code: "tooMany", limit: result.limit });
  }
}

/**
 * Looks for somebody by name.
 *
 * @param desk Who is known.
 * @param typed The name in any case.
 * @returns Who has it; undefined if nobody.
 */
export function findSomebody(
  { people, accounts }: Pick<PeopleDesk, "people" | "accounts">,
  typed: string,
): Somebody | undefined {
  const check = checkName(typed);
  if (check.type === "invalid") return undefined;
  const present = people.byName(check.name.key);
  if (present !== undefined) {
    const { name, key: person, role, accountId } = present;
    return { name: name.text, person, role, accountId, present };
  }
  const { account } = accounts.find(check.name);
  if (account === undefined) return undefined;
  const { name, role, accountId } = account;
  const person = accountKeyOf(accountId);
  return { name: name.text, person, role, accountId, present };
}
