import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { QuestionRefusal } from "../../../lib/chat/open_requests.ts";
import { questionRefusalText } from "../../../lib/ui/lookup_strings.ts";

type Fields<Code extends QuestionRefusal["code"]> = Omit<
  Extract<QuestionRefusal, { readonly code: Code }>,
  "code"
>;

/** Every reason, with what belongs to it. */
const REFUSALS: {
  readonly [Code in QuestionRefusal["code"]]: Fields<Code>;
} = {
  offline: {},
  tooFast: { retryAfterSeconds: 2 },
  busy: { retryAfterSeconds: 5 },
  tooManyOpen: { limitRequests: 4 },
  nothingSought: {},
  unknownName: {},
  tooLong: { limitCharacters: 200 },
  noSuchRoom: {},
  roomNameTaken: {},
  roomNameInvalid: { rule: "tooLong" },
  tooManyRooms: { limitRooms: 1_000 },
  inTooManyRooms: { limitRooms: 50 },
  createdTooManyRooms: { limitRooms: 20 },
  roomFull: { limitMembers: 200 },
  needsRole: { role: "moderator" },
  notPossible: {},
  noSuchMessage: {},
  notYours: {},
  notAnnouncement: {},
  outranked: { role: "owner" },
  nameTaken: {},
  nameInvalid: { rule: "tooLong" },
  notFound: {},
  banInvalid: {},
  wrongCode: {},
  tooMany: { limit: 300 },
  noClaim: {},
};

for (const [code, fields] of Object.entries(REFUSALS)) {
  Deno.test(`questionRefusalText() says ${code} in both languages, with its numbers`, () => {
    const refusal = { code, ...fields } as QuestionRefusal;
    const english = questionRefusalText("en", refusal);
    const indonesian = questionRefusalText("id", refusal);
    assertNotEquals(english, indonesian);
    const numbers = Object.values(fields).filter((value) =>
      typeof value === "number"
    ).map(String);
    for (const text of [english, indonesian]) {
      assert(/[.]$/.test(text), text);
      assert(!/undefined|NaN|\.\./.test(text), text);
      if (code === "banInvalid") continue;
      const told = text.replaceAll(/[.,](?=\d{3})/g, "").match(/\d+/g) ?? [];
      assertEquals(told, numbers);
    }
    // When to try again, where that is known.
    if (!("retryAfterSeconds" in fields)) return;
    assert(english.includes("second") && indonesian.includes("detik"));
  });
}
