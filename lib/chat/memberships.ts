import type { Change, Membership } from "./change.ts";
import type { PersonKey } from "./person.ts";

/**
 * Does to the rooms of somebody what a change does to them.
 *
 * @param memberships The rooms, by number.
 * @param change The change.
 * @param key Whose rooms.
 */
export function changeMemberships(
  memberships: Map<number, Membership>,
  change: Change,
  key: PersonKey,
): void {
  switch (change.type) {
    case "createRoom":
      if (change.members.some(({ person }) => person === key)) {
        addMembership(memberships, change.room.roomId);
      }
      return;
    case "addMember":
      if (change.member.person === key) {
        addMembership(memberships, change.roomId);
      }
      return;
    case "removeMember":
      if (change.person === key) memberships.delete(change.roomId);
      return;
    case "archiveRoom":
      memberships.delete(change.roomId);
      return;
    case "positions": {
      const moved = change.positions.find(({ person }) => person === key);
      const known = memberships.get(change.roomId);
      if (moved === undefined || known === undefined) return;
      const { read: readSequence } = moved;
      memberships.set(change.roomId, { ...known, readSequence });
      return;
    }
      // Of the others none makes or ends a membership of who is connected.
  }
}

function addMembership(
  memberships: Map<number, Membership>,
  roomId: number,
): void {
  if (memberships.has(roomId)) return;
  memberships.set(roomId, { roomId, lastSequence: 0, readSequence: 0 });
}
