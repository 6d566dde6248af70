import { AccountDirectory } from "../../../lib/chat/account_directory.ts";
import type { PeopleOptions } from "../../../lib/chat/chat_server_input.ts";
import { NO_PEOPLE } from "../../../lib/chat/people_change.ts";
import type { Registration } from "../../../lib/chat/claims.ts";

/** What clients make records with here. */
export const CLAIM_STRETCHING = {
  memoryKiB: 65_536,
  iterations: 1,
  parallelism: 1,
};

/** Stands for OPAQUE: zeros are malformed. */
export const fakeRegistration: Registration = {
  opaque: {
    createRegistrationResponse: ({ request }) =>
      request.every((byte) => byte === 0)
        ? undefined
        : new Uint8Array(64).fill(3),
    isRecord: ({ record }) => record.some((byte) => byte !== 0),
  },
  setup: "setup",
  stretching: CLAIM_STRETCHING,
};

/** A server's people of whom nothing is known yet. */
export function noPeople(): PeopleOptions {
  return {
    accounts: new AccountDirectory(),
    state: NO_PEOPLE,
    registration: fakeRegistration,
    ownerCode: undefined,
  };
}
