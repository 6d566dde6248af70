import { assert } from "@std/assert";
import type { QuestionRefusal } from "../../../lib/chat/open_requests.ts";
import { questionRefusalText } from "../../../lib/ui/lookup_strings.ts";

const REFUSALS: readonly QuestionRefusal[] = [
  { code: "offline" },
  { code: "tooFast", retryAfterSeconds: 2 },
  { code: "busy", retryAfterSeconds: 5 },
  { code: "tooManyOpen", limitRequests: 4 },
  { code: "nothingSought" },
  { code: "unknownName" },
  { code: "tooLong", limitCharacters: 200 },
];

Deno.test("questionRefusalText() says each reason in both languages", () => {
  for (const language of ["en", "id"] as const) {
    const texts = REFUSALS.map((one) => questionRefusalText(language, one));
    for (const text of texts) assert(/[.]$/.test(text), text);
    assert(texts[1]!.includes("2"));
    assert(texts[6]!.includes("200"));
  }
});
