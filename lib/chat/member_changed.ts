import type { CborValue, FieldReader } from "./cbor.ts";
import { MAX_NAME_CHARACTERS } from "./limits.ts";
import { type Role, ROLES } from "./role.ts";

/** Somebody is another than before: name, role, or whether it is away. */
export interface MemberChangedMessage {
  /** Which message. */
  readonly type: "memberChanged";
  /** The name until now. */
  readonly name: string;
  /** The name from now on. */
  readonly newName: string;
  /** What it may do. */
  readonly role: Role;
  /** Whether it has said that it is away. */
  readonly isAway: boolean;
}

/**
 * Gives the fields of the message.
 *
 * @param message The message.
 * @returns What follows its number.
 */
export function memberChangedFields(
  { name, newName, role, isAway }: MemberChangedMessage,
): CborValue[] {
  return [name, newName, ROLES.indexOf(role), isAway];
}

/**
 * Reads the fields of the message.
 *
 * @param fields They are next.
 * @returns The message.
 * @throws {ProtocolError} If it is none.
 */
export function readMemberChanged(fields: FieldReader): MemberChangedMessage {
  return {
    type: "memberChanged",
    name: fields.text(MAX_NAME_CHARACTERS),
    newName: fields.text(MAX_NAME_CHARACTERS),
    role: ROLES[fields.uint(ROLES.length - 1)]!,
    isAway: fields.bool(),
  };
}
