import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { decodeClientCommand } from "../../lib/ui/client_command.ts";

const TYPES = [
  "faceReady",
  "login",
  "cancelLogin",
  "forgetServerKey",
  "send",
  "quit",
  "ask",
];

Deno.test("decodeClientCommand() takes anything, and returns commands only", () => {
  const likely = fc.record({
    type: fc.oneof(fc.constantFrom(...TYPES), fc.jsonValue()),
    host: fc.oneof(fc.string(), fc.jsonValue()),
    port: fc.oneof(fc.nat(70_000), fc.jsonValue()),
    name: fc.oneof(fc.string(), fc.jsonValue()),
    password: fc.oneof(fc.string(), fc.jsonValue()),
    text: fc.oneof(fc.string(), fc.jsonValue()),
    questionId: fc.oneof(fc.nat(), fc.jsonValue()),
    query: fc.oneof(fc.constant({ type: "who" }), fc.jsonValue()),
  }, { requiredKeys: [] });
  const json = fc.oneof(
    fc.string(),
    fc.json(),
    likely.map((value) => JSON.stringify(value)),
  );
  fc.assert(fc.property(json, (json) => {
    const command = decodeClientCommand(json);
    if (command === undefined) return;
    // What was taken is what was said.
    assertEquals<unknown>(command, JSON.parse(json));
  }));
});
