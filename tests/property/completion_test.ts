/**
 * What a line can go on with, for any line, caret, people and rooms.
 */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  commonStart,
  completionAt,
  type CompletionSources,
  MAX_CANDIDATES,
} from "../../lib/ui/completion.ts";
import { LineEditor } from "../../lib/ui/line_editor.ts";
import { SLASH_COMMANDS } from "../../lib/ui/slash_command.ts";

const NAME = fc.oneof(
  fc.constantFrom("Ani", "ani wijaya", "Budi", "É", "ﬁ", "İ", "𝒜"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
);

/** Pieces of which lines are made that are near to something. */
const PIECE = fc.oneof(
  fc.constantFrom("/", "@", " ", '"', "#3", "/whois ", "/edit ", "\n"),
  fc.constantFrom(...SLASH_COMMANDS.map(({ name }) => `/${name}`)),
  NAME,
  fc.string({ unit: "binary", maxLength: 4 }),
);

const SITUATION = fc.record({
  line: fc.array(PIECE, { maxLength: 6 }).map((pieces) => pieces.join("")),
  caret: fc.nat(30),
  people: fc.array(NAME, { maxLength: 80 }),
  rooms: fc.array(NAME, { maxLength: 5 }),
});

function sourcesOf(
  { people, rooms }: Pick<CompletionSources, "people" | "rooms">,
): CompletionSources {
  return { commands: SLASH_COMMANDS, people, rooms };
}

Deno.test("completionAt() offers only what is known, in place of what is typed before the caret", () => {
  fc.assert(fc.property(SITUATION, (situation) => {
    const { line } = situation;
    const caret = Math.min(situation.caret, line.length);
    const completion = completionAt(line, caret, sourcesOf(situation));
    if (completion === undefined) return;
    const { kind, start, end, typed, candidates, more } = completion;
    assertEquals(end, caret);
    assert(start >= 0 && start <= end);
    assert(line.slice(start, end).endsWith(typed));
    assert(candidates.length > 0 && candidates.length <= MAX_CANDIDATES);
    assert(more === 0 || candidates.length === MAX_CANDIDATES);
    for (const { label, text, command } of candidates) {
      assert(text.includes(command === undefined ? label : label.slice(1)));
      switch (kind) {
        case "command":
          assert(SLASH_COMMANDS.some(({ name }) => `/${name}` === label));
          break;
        case "name":
        case "mention":
          assert(situation.people.includes(label));
          break;
        case "room":
          assert(situation.rooms.includes(label));
      }
    }
  }));
});

Deno.test("completionAt() depends on nothing behind the caret but whether white space follows", () => {
  fc.assert(fc.property(SITUATION, fc.string(), (situation, behind) => {
    const sources = sourcesOf(situation);
    const { line } = situation;
    const at = (more: string) =>
      completionAt(line + more, line.length, sources);
    const isSpace = /^\s/.test(behind);
    assertEquals(at(behind), isSpace ? at(" ") : at(""));
  }));
});

Deno.test("commonStart() begins every candidate, in any case", () => {
  fc.assert(fc.property(SITUATION, (situation) => {
    const { line } = situation;
    const completion = completionAt(line, line.length, sourcesOf(situation));
    if (completion === undefined) return;
    const fold = (text: string) => text.normalize("NFKC").toLowerCase();
    const length = [...commonStart(completion)].length;
    const start = fold(commonStart(completion));
    for (const { text } of completion.candidates) {
      assertEquals(fold([...text].slice(0, length).join("")), start);
    }
  }));
});

Deno.test("LineEditor.handleKey() with Tab changes nothing behind the cursor, and ends", () => {
  fc.assert(fc.property(SITUATION, fc.nat(4), (situation, lefts) => {
    const editor = new LineEditor({
      prompt: "> ",
      multiLine: true,
      complete: (text, caret) =>
        completionAt(text, caret, sourcesOf(situation)),
    });
    editor.handleKey({ type: "paste", text: situation.line });
    for (let i = 0; i < lefts; i++) editor.handleKey({ type: "left" });
    const before = editor.text;
    const request = editor.handleKey({ type: "complete" });
    if (request !== undefined) {
      // What is asked to be listed is asked for again and again.
      assertEquals(editor.text, before);
      assertEquals(editor.handleKey({ type: "complete" }), request);
    }
  }));
});
