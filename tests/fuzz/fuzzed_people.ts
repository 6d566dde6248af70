import type {
  PeopleAnswer,
  PeopleRequest,
} from "../../lib/chat/people_request.ts";

/** One of each request about people. */
export const FUZZED_PEOPLE_REQUESTS: readonly PeopleRequest[] = [
  { type: "claimStart", request: new Uint8Array(32) },
  { type: "claimFinish", record: new Uint8Array(192) },
  { type: "release" },
  { type: "nick", name: "Bobi" },
  { type: "away", text: "Lunch" },
  { type: "profile", text: "Teacher" },
  { type: "role", name: "Budi", role: "moderator" },
  { type: "kick", name: "Budi", reason: "Spam" },
  { type: "ban", kind: "name", value: "Budi", reason: "", seconds: 60 },
  { type: "unban", kind: "network", value: "192.0.2.0/24" },
  { type: "bans" },
  { type: "mute", name: "Budi", seconds: 60 },
  { type: "audit", before: 7 },
  { type: "owner", code: "ABCD-EFGH" },
  { type: "lock", isOn: true },
  { type: "slow", seconds: 30 },
];

/** One of each answer. */
export const FUZZED_PEOPLE_ANSWERS: readonly PeopleAnswer[] = [
  { type: "done" },
  {
    type: "claimStart",
    response: new Uint8Array(64),
    stretching: { memoryKiB: 65_536, iterations: 1, parallelism: 1 },
  },
  { type: "claimed", accountId: 7 },
  {
    type: "bans",
    bans: [{
      kind: "address",
      value: "192.0.2.1",
      reason: "Spam",
      by: "Ani",
      byRole: "owner",
      untilMs: 0,
    }],
  },
  {
    type: "audit",
    rows: [{
      auditId: 1,
      timeMs: 0,
      who: "Ani",
      what: "kick",
      whom: "Budi",
      detail: "",
    }],
    isEnd: true,
  },
];
