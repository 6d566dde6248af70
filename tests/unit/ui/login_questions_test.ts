import { assertEquals } from "@std/assert";
import type { Refusal } from "../../../lib/ui/bridge.ts";
import {
  type GivenLogin,
  LoginQuestions,
} from "../../../lib/ui/login_questions.ts";
import { terminalStrings } from "../../../lib/ui/terminal_strings.ts";

const ALL = { host: "h", port: 9000, name: "Ani", password: "secret" };

function questions(given: GivenLogin = {}): LoginQuestions {
  return new LoginQuestions(given, terminalStrings("en"));
}

/** The prompt of the next question, to its first space, bracket or colon. */
function next(questions: LoginQuestions): string | undefined {
  const line = questions.nextLine();
  return line?.layout({ columns: 99, maxRows: 1 }).rows[0];
}

Deno.test("LoginQuestions asks for all that was not given, in order", () => {
  const asked = questions();
  assertEquals(next(asked), "Server: ");
  asked.handleAnswer(" 10.0.0.1:9000 ");
  assertEquals(next(asked), "Your name: ");
  asked.handleAnswer(" Ani ");
  assertEquals(next(asked), "Password (Enter alone for GAS1): ");
  asked.handleAnswer(" secret ");
  assertEquals(next(asked), undefined);
  assertEquals(asked.values, {
    host: "10.0.0.1",
    port: 9000,
    name: "Ani",
    password: " secret ",
  });
});

Deno.test("LoginQuestions asks for nothing that was given", () => {
  const asked = questions(ALL);
  assertEquals(next(asked), undefined);
  assertEquals(asked.values, ALL);
});

Deno.test("LoginQuestions takes port 8080 where none is named", () => {
  assertEquals(questions({ host: "h" }).values.port, 8080);
  const asked = questions();
  asked.handleAnswer("h");
  assertEquals(asked.values.port, 8080);
});

Deno.test("LoginQuestions takes the given port for a host that is typed", () => {
  const asked = questions({ port: 9000 });
  asked.handleAnswer("h");
  assertEquals(asked.values.port, 9000);
});

Deno.test("LoginQuestions takes what is remembered for Enter alone", () => {
  const asked = questions();
  asked.remember({ host: "::1", port: 9000, name: "Ani" });
  assertEquals(next(asked), "Server [[::1]:9000]: ");
  asked.handleAnswer("");
  assertEquals(next(asked), "Your name [Ani]: ");
  asked.handleAnswer("");
  asked.handleAnswer("");
  assertEquals(asked.values, {
    host: "::1",
    port: 9000,
    name: "Ani",
    password: "GAS1",
  });
});

Deno.test("LoginQuestions refuses an address and a name that cannot be", () => {
  const asked = questions();
  assertEquals(asked.handleAnswer("http://h"), {
    type: "refused",
    refusal: { code: "addressInvalid", host: "http://h" },
  });
  assertEquals(asked.handleAnswer("h").type, "accepted");
  assertEquals(asked.handleAnswer("  "), {
    type: "refused",
    refusal: { code: "nameInvalid", rule: "empty" },
  });
});

Deno.test("LoginQuestions asks again only for what was wrong", () => {
  const server = "Server [h:9000]: ";
  const retry = "Press Enter to try again, Ctrl+C to leave: ";
  const cases: [Refusal, string][] = [
    [{ code: "wrongPassword" }, "Password (Enter alone for GAS1): "],
    [{ code: "nameTaken", name: "Ani" }, "Your name: "],
    [{ code: "nameInvalid", rule: "reserved" }, "Your name: "],
    [{ code: "serverSilent", host: "h", port: 9000 }, server],
    [{ code: "serverGone", reason: "" }, server],
    [{ code: "versionMismatch", supported: [] }, server],
    [{ code: "addressInvalid", host: "h" }, server],
    [{ code: "throttled", retryAfterSeconds: 1 }, retry],
    [{ code: "roomFull" }, retry],
    [{ code: "clientPortBusy", port: 5000 }, retry],
  ];
  for (const [refusal, prompt] of cases) {
    const asked = questions(ALL);
    asked.handleRefusal(refusal);
    assertEquals(next(asked), prompt);
    asked.handleAnswer("new");
    assertEquals(next(asked), undefined, refusal.code);
  }
});

Deno.test("LoginQuestions keeps all values for a retry", () => {
  const asked = questions(ALL);
  asked.handleRefusal({ code: "roomFull" });
  asked.handleAnswer("");
  assertEquals(asked.values, ALL);
});

const KEY_CHANGED: Refusal = {
  code: "serverKeyChanged",
  host: "h",
  port: 9000,
  pinned: "A",
  presented: "B",
};

Deno.test("LoginQuestions trusts a changed key only for the word itself", () => {
  for (const answer of ["", "y", "yes", "Trust", "trust me"]) {
    const asked = questions(ALL);
    asked.handleRefusal(KEY_CHANGED);
    assertEquals(asked.handleAnswer(answer).type, "keyDeclined", answer);
    assertEquals(next(asked), "Server [h:9000]: ");
  }
  const asked = questions(ALL);
  asked.handleRefusal(KEY_CHANGED);
  assertEquals(asked.handleAnswer(" trust ").type, "keyTrusted");
  assertEquals(next(asked), undefined);
  assertEquals(asked.values, ALL);
});
