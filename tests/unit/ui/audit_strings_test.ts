import { assertEquals } from "@std/assert";
import type { AuditAction, AuditEntry } from "../../../lib/chat/account.ts";
import { auditText } from "../../../lib/ui/audit_strings.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);

function said(entry: Partial<AuditEntry>): readonly [string, string] {
  const whole = {
    timeMs: NOW_MS,
    who: "Guru",
    what: "kick",
    whom: "Budi",
    detail: "",
    ...entry,
  } as const;
  const say = (language: "en" | "id") =>
    auditText(whole, {
      language,
      moment: (timeMs) => new Date(timeMs).toISOString().slice(5, 16),
      roomLabel: (roomId) => roomId === 2 ? "#Sains" : undefined,
    }).replace(/^11-22T12:00 {2}/, "");
  return [say("en"), say("id")];
}

const BUDI = { who: "Budi", whom: "Budi" };
const ROOM = { whom: "room 2" };
const IN_TEN_MINUTES = new Date(NOW_MS + 600_000).toISOString();
const IN_A_WEEK = new Date(NOW_MS + 7 * 86_400_000).toISOString();

/** Entries as the server writes them, and both sentences. */
const SENTENCES: Readonly<
  Record<
    AuditAction,
    readonly (readonly [Partial<AuditEntry>, string, string])[]
  >
> = {
  claim: [[BUDI, "Budi claimed the name Budi", "Budi mengklaim nama Budi"]],
  setPassword: [[
    BUDI,
    "Budi set a new password for the name Budi",
    "Budi mengganti password nama Budi",
  ]],
  release: [[BUDI, "Budi gave the name Budi back", "Budi melepas nama Budi"]],
  rename: [[
    { ...BUDI, detail: "Boedi" },
    "Budi took the name Boedi in place of Budi",
    "Budi mengganti nama Budi menjadi Boedi",
  ]],
  setRole: [
    [
      { detail: "moderator" },
      "Guru made Budi a moderator",
      "Guru menjadikan Budi moderator",
    ],
    [
      { who: "", detail: "owner" },
      "gas-server made Budi an owner",
      "gas-server menjadikan Budi pemilik",
    ],
    [
      { ...BUDI, detail: "owner" },
      "Budi became an owner",
      "Budi menjadi pemilik",
    ],
  ],
  kick: [
    [{}, "Guru removed Budi", "Guru mengeluarkan Budi"],
    [
      { detail: "spam" },
      "Guru removed Budi (spam)",
      "Guru mengeluarkan Budi (spam)",
    ],
  ],
  ban: [
    [{}, "Guru banned Budi for good", "Guru memblokir Budi untuk seterusnya"],
    [
      { whom: "192.0.2.0/24", detail: "spam again" },
      "Guru banned 192.0.2.0/24 for good (spam again)",
      "Guru memblokir 192.0.2.0/24 untuk seterusnya (spam again)",
    ],
    [
      { detail: `${IN_A_WEEK} spam` },
      "Guru banned Budi for 7 days, until 11-29T12:00 (spam)",
      "Guru memblokir Budi selama 7 hari, sampai 11-29T12:00 (spam)",
    ],
    // A reason that only looks like a time.
    [
      { detail: "2026-13-41T25:61:61.000Z" },
      "Guru banned Budi for good (2026-13-41T25:61:61.000Z)",
      "Guru memblokir Budi untuk seterusnya (2026-13-41T25:61:61.000Z)",
    ],
  ],
  unban: [[
    {},
    "Guru lifted the ban on Budi",
    "Guru mencabut blokir Budi",
  ]],
  mute: [
    [
      { detail: IN_TEN_MINUTES },
      "Guru muted Budi for 10 minutes, until 11-22T12:10",
      "Guru membisukan Budi selama 10 menit, sampai 11-22T12:10",
    ],
    [
      { detail: new Date(NOW_MS + 3_600_000).toISOString() },
      "Guru muted Budi for 1 hour, until 11-22T13:00",
      "Guru membisukan Budi selama 1 jam, sampai 11-22T13:00",
    ],
  ],
  unmute: [[
    {},
    "Guru let Budi write again",
    "Guru mengizinkan Budi menulis lagi",
  ]],
  lock: [
    [
      ROOM,
      "Guru locked #Sains: only moderators write there",
      "Guru mengunci #Sains: hanya moderator yang bisa menulis di sana",
    ],
    [
      { whom: "room 9" },
      "Guru locked room 9: only moderators write there",
      "Guru mengunci ruang 9: hanya moderator yang bisa menulis di sana",
    ],
  ],
  unlock: [[
    ROOM,
    "Guru opened #Sains again: everybody may write there",
    "Guru membuka #Sains lagi: semua boleh menulis di sana",
  ]],
  slow: [
    [
      { ...ROOM, detail: "20" },
      "Guru made #Sains slow: 20 seconds between two messages of one person",
      "Guru memperlambat #Sains: 20 detik di antara dua pesan satu orang",
    ],
    [
      { ...ROOM, detail: "0" },
      "Guru ended the time between two messages in #Sains",
      "Guru meniadakan jeda di antara dua pesan di #Sains",
    ],
  ],
  removeMessage: [[
    { ...ROOM, detail: "12" },
    "Guru removed message 12 in #Sains",
    "Guru menghapus pesan 12 di #Sains",
  ]],
  archive: [[ROOM, "Guru archived #Sains", "Guru mengakhiri #Sains"]],
};

for (const [what, sentences] of Object.entries(SENTENCES)) {
  Deno.test(`auditText() says ${what} in both languages`, () => {
    for (const [entry, ...texts] of sentences) {
      assertEquals(said({ what: what as AuditAction, ...entry }), texts);
    }
  });
}

Deno.test("auditText() begins with the moment", () => {
  const text = auditText({
    timeMs: NOW_MS,
    who: "Guru",
    what: "unban",
    whom: "Budi",
    detail: "",
  }, {
    language: "en",
    moment: (timeMs) => `at ${timeMs}`,
    roomLabel: () => "",
  });
  assertEquals(text, `at ${NOW_MS}  Guru lifted the ban on Budi`);
});
