import { assertEquals, assertThrows } from "@std/assert";
import { MAX_OPEN_REQUESTS } from "../../../lib/chat/limits.ts";
import { OpenRequests } from "../../../lib/chat/open_requests.ts";
import { ProtocolError } from "../../../lib/chat/protocol_error.ts";
import type { SearchQuery } from "../../../lib/chat/request.ts";

const WHO = { type: "who" } as const;
const SEARCH: SearchQuery = {
  type: "search",
  words: "",
  author: "",
  sinceMs: 0,
  untilMs: 0,
  before: 0,
  limit: 1,
};

Deno.test("OpenRequests gives numbers of its own, and the caller's back", () => {
  const requests = new OpenRequests();
  // A page that was loaded anew counts from the start again.
  requests.ask(1, WHO);
  requests.ask(1, { type: "whois", name: "\ud800" });
  const sent = [requests.poll(), requests.poll(), requests.poll()];
  assertEquals(sent, [
    { type: "request", requestId: 1, query: WHO },
    {
      type: "request",
      requestId: 2,
      query: { type: "whois", name: "\ufffd" },
    },
    undefined,
  ]);
  assertEquals(requests.settle(2, "whois"), 1);
  assertEquals(requests.settle(1, undefined), 1);
});

Deno.test("OpenRequests.ask() refuses what is too much or too long", () => {
  const requests = new OpenRequests();
  assertEquals(requests.ask(1, { ...SEARCH, words: "x".repeat(201) }), {
    code: "tooLong",
    limitCharacters: 200,
  });
  assertEquals(
    requests.ask(1, { ...SEARCH, author: "x".repeat(257) })?.code,
    "tooLong",
  );
  assertEquals(
    requests.ask(1, { type: "whois", name: "x".repeat(257) })?.code,
    "tooLong",
  );
  for (let i = 0; i < MAX_OPEN_REQUESTS; i++) {
    assertEquals(requests.ask(i, WHO), undefined);
  }
  const limitRequests = MAX_OPEN_REQUESTS;
  assertEquals(requests.ask(9, WHO), { code: "tooManyOpen", limitRequests });
  requests.settle(1, "who");
  assertEquals(requests.ask(9, WHO), undefined);
});

Deno.test("OpenRequests.settle() takes one answer, of the kind that was asked for", () => {
  const requests = new OpenRequests();
  requests.ask(1, WHO);
  assertThrows(() => requests.settle(1, "history"), ProtocolError);
  assertThrows(() => requests.settle(2, "who"), ProtocolError);
  requests.settle(1, "who");
  assertThrows(() => requests.settle(1, "who"), ProtocolError);
});

Deno.test("OpenRequests.clear() tells whom nobody answers, and sends nothing later", () => {
  const requests = new OpenRequests();
  requests.ask(5, WHO);
  requests.ask(6, WHO);
  requests.poll();
  assertEquals(requests.clear(), [
    { questionId: 5, type: "who" },
    { questionId: 6, type: "who" },
  ]);
  assertEquals(requests.poll(), undefined);
  assertEquals(requests.clear(), []);
});
