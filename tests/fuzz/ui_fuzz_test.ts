/**
 * Random and damaged texts against everything in lib/ui that reads what a page
 * said. Decoders throw nothing; what they let through is exactly a command.
 */

import { FUZZED_ACTS } from "./fuzzed_acts.ts";
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { decodeClientCommand } from "../../lib/ui/client_command.ts";
import { readTypedLine, SLASH_COMMANDS } from "../../lib/ui/slash_command.ts";

const RUNS = 20_000;

const COMMANDS: readonly string[] = [
  '{"type":"faceReady"}',
  '{"type":"login","host":"h","port":8080,"name":"Ana","password":"GAS1"}',
  '{"type":"cancelLogin"}',
  '{"type":"forgetServerKey","host":"h","port":1}',
  '{"type":"send","text":"h\u00e9llo"}',
  ...FUZZED_ACTS.map((act) => JSON.stringify({ type: "act", act })),
  '{"type":"quit"}',
  ...[
    '{"type":"ban","kind":"name","value":"A","reason":"","seconds":60}',
    '{"type":"mute","name":"A","seconds":60}',
    '{"type":"role","name":"A","role":"member"}',
    '{"type":"lock","isOn":true}',
    '{"type":"audit","before":0}',
  ].map((query) => `{"type":"ask","roomId":1,"questionId":1,"query":${query}}`),
];

/** What JSON is made of, so that damage often yields JSON again. */
const PIECES: readonly string[] = [
  ...'{}[]:,"\\ 0-.e',
  "null",
  "true",
  '"type"',
  '"quit"',
  '"__proto__":{},',
  "\ud800",
  "9".repeat(400),
  "[".repeat(5_000),
];

Deno.test("decodeClientCommand() lets only exact commands through", () => {
  const prng = new Prng("client commands");
  let passed = 0;
  for (let run = 0; run < RUNS; run++) {
    const command = decodeClientCommand(damage(prng));
    if (command === undefined) continue;
    passed++;
    assertEquals(decodeClientCommand(JSON.stringify(command)), command);
  }
  // Else the damage is too great to reach the inner checks.
  assert(passed > RUNS / 100, `${passed} passed`);
});

function damage(prng: Prng): string {
  let text = COMMANDS[prng.below(COMMANDS.length)]!;
  const count = prng.below(4);
  for (let i = 0; i < count; i++) {
    const start = prng.below(text.length + 1);
    const end = Math.min(text.length, start + prng.below(8));
    const piece = prng.ratio(1, 3) ? "" : PIECES[prng.below(PIECES.length)]!;
    text = text.slice(0, start) + piece + text.slice(end);
  }
  return text;
}

Deno.test("readTypedLine() takes any line, and makes only whole acts of it", () => {
  const prng = new Prng("typed lines");
  const names = SLASH_COMMANDS.map(({ name }) => `/${name}`);
  const pieces = [...names, "/", " ", "#", "1", "2", "\n", "👍", "x", "\ud800"];
  let acts = 0;
  let questions = 0;
  // Most of the commands are no acts.
  for (let run = 0; run < 2 * RUNS; run++) {
    let line = prng.ratio(1, 2) ? names[prng.below(names.length)]! : "";
    for (let i = prng.below(8); i > 0; i--) {
      line += pieces[prng.below(pieces.length)];
    }
    const typed = readTypedLine(line, {
      sequenceOf: (number) => number === 1 ? 10 : undefined,
      lastOwn: prng.ratio(1, 2) ? 20 : undefined,
      hasReacted: () => prng.ratio(1, 2),
    });
    if (typed.type === "people") {
      questions++;
      const query = typed.request;
      const ask = { type: "ask", roomId: 1, questionId: 1, query } as const;
      const json = JSON.stringify(ask);
      assertEquals(decodeClientCommand(json), JSON.parse(json), line);
    }
    if (typed.type !== "act") continue;
    acts++;
    const command = { type: "act", roomId: 1, act: typed.act } as const;
    assert(!JSON.stringify(typed.act).includes(`:""`), line);
    assertEquals(decodeClientCommand(JSON.stringify(command)), command);
  }
  assert(acts > 100);
  assert(questions > 100);
});
