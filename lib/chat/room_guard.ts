import type { Account, AuditEntry } from "./account.ts";
import type { ActRefusal } from "./act_refusal.ts";
import type { Authorship, Person } from "./person.ts";
import type { Act } from "./room_event.ts";

/** Who is asked what people may do in a room. */
export interface RoomGuard {
  /**
   * Tells whether somebody may do something at all.
   *
   * @param person Who.
   * @param act What.
   * @param timeMs The wall clock.
   * @returns Why not; undefined if they may.
   */
  checkAct(person: Person, act: Act, timeMs: number): ActRefusal | undefined;

  /**
   * Tells whether somebody may remove what another one wrote.
   *
   * @param person Who.
   * @param author Who wrote it.
   */
  mayRemove(person: Person, author: Authorship): boolean;

  /**
   * Says what is written down when somebody removes what another one wrote.
   *
   * @param person Who.
   * @param roomId In which room.
   * @param sequence What, in the room.
   * @param timeMs The wall clock.
   * @returns The entry.
   */
  auditOfRemoval(
    person: Person,
    roomId: number,
    sequence: number,
    timeMs: number,
  ): AuditEntry;

  /**
   * Gives the account of a name.
   *
   * @param key The name's key.
   */
  accountOf(key: string): Account | undefined;
}
