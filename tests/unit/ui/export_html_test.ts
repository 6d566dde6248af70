import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { newMessageState } from "../../../lib/chat/message_state.ts";
import type { RoomEntry } from "../../../lib/chat/room_record.ts";
import { HtmlExport } from "../../../lib/ui/export_html.ts";
import type { Language } from "../../../lib/ui/strings.ts";
import { FACTS, messageEntry, removed } from "./room_entries.ts";

function makeExport(language: Language = "en", facts = FACTS): HtmlExport {
  const nowMs = Date.UTC(2026, 1, 1);
  return new HtmlExport(facts, { language, nowMs, timeZone: "Asia/Jakarta" });
}

function htmlOf(entry: RoomEntry, language?: Language): string {
  return makeExport(language).entry(entry);
}

/** What a reader sees: no tags, and no entities. */
function shown(html: string): string {
  const entities: Record<string, string> = {
    lt: "<",
    gt: ">",
    amp: "&",
    quot: '"',
    "#39": "'",
  };
  return html.replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(lt|gt|amp|quot|#39);/g, (_, name) => entities[name]!);
}

Deno.test("HtmlExport.head() is of one piece: nothing runs, nothing is loaded", () => {
  const html = makeExport().head();
  assertStringIncludes(html, "default-src 'none'");
  assertStringIncludes(html, "prefers-color-scheme: dark");
  for (const part of ["<script", "<link", "<img", "src=", "url(", "@import"]) {
    assertEquals(html.replace("default-src", "").includes(part), false, part);
  }
  assertStringIncludes(shown(html), "Times are those of Asia/Jakarta");
});

Deno.test("HtmlExport.head() escapes name and topic", () => {
  const facts = { ...FACTS, name: "</title><b>", topic: "<i>&\"'" };
  const html = makeExport("en", facts).head();
  assertStringIncludes(html, "<title>&lt;/title&gt;&lt;b&gt;</title>");
  assertStringIncludes(html, "&lt;i&gt;&amp;&quot;&#39;");
});

Deno.test("HtmlExport.entry() begins each day of the time zone with a heading", () => {
  const html = makeExport();
  const at = (hours: number) =>
    html.entry(messageEntry("a", { timeMs: Date.UTC(2026, 0, 2, hours) }));
  assertMatch(at(16), /^<section>\n<h2>Friday,? 2 January 2026<\/h2>/);
  assertEquals(at(16).includes("<h2>"), false);
  assertMatch(
    at(17),
    /^<\/section>\n<section>\n<h2>Saturday,? 3 January 2026<\/h2>/,
  );
});

Deno.test("HtmlExport.entry() gives each message an anchor and its time", () => {
  const html = htmlOf(messageEntry("a"));
  assertStringIncludes(html, '<article id="m5">');
  assertStringIncludes(
    html,
    'href="#m5"><time datetime="2026-01-02T03:04:05.006Z"',
  );
  assertStringIncludes(html, ">10:04</time>");
});

Deno.test("HtmlExport.entry() names the author where another one wrote before", () => {
  const html = makeExport();
  const isNamed = (author: string) =>
    html.entry(messageEntry("a", { author })).includes(">" + author);
  assertEquals(["Ani", "Ani", "Budi", "Ani"].map(isNamed), [
    true,
    false,
    true,
    true,
  ]);
});

Deno.test("HtmlExport.entry() links a reply to what it answers", () => {
  const reply = (author: string | undefined, text: string) =>
    htmlOf(messageEntry("a", { answered: { sequence: 3, author, text } }));
  const html = reply("<Budi>", "<hai>");
  assertStringIncludes(html, '<a href="#m3">');
  assertStringIncludes(shown(html), "↳ <Budi>: <hai>");
  assertStringIncludes(shown(reply("Budi", "")), "↳ Budi: Removed");
  const gone = reply(undefined, "");
  assertEquals(gone.includes('href="#m3"'), false);
  assertStringIncludes(gone, "not kept any more");
});

Deno.test("HtmlExport.entry() tells of edits, pins and reactions", () => {
  const entry = messageEntry("halo", {
    edits: { count: 2, timesMs: [0, Date.UTC(2026, 0, 2, 4)] },
    state: {
      ...newMessageState("halo"),
      isEdited: true,
      isPinned: true,
      reactions: [{
        emoji: "👍",
        names: ["A", "B", "C", "D", "E", "F", "<G>"],
      }],
    },
  });
  const html = htmlOf(entry);
  assertStringIncludes(
    shown(html),
    "edited 2 times, last on 2 January 2026 at 11:00:00",
  );
  assertStringIncludes(shown(html), "📌 pinned");
  assertStringIncludes(shown(html), "👍 A, B, C, D, E, +2");
  assertStringIncludes(html, "F&#10;&lt;G&gt;");
  const indonesian = htmlOf(entry, "id");
  assertStringIncludes(shown(indonesian), "diubah 2 kali, terakhir pada");
  assertStringIncludes(shown(indonesian), "disematkan");
});

Deno.test("HtmlExport.entry() says who removed a message, and when", () => {
  const html = shown(htmlOf(removed("<Citra>", Date.UTC(2026, 0, 2, 4))));
  assertStringIncludes(
    html,
    "Removed by <Citra> on 2 January 2026 at 11:00:00",
  );
  assertStringIncludes(
    shown(htmlOf(removed("Citra", 0), "id")),
    "Dihapus oleh Citra pada",
  );
  assertStringIncludes(htmlOf(messageEntry("")), '"removed">Removed<');
});

Deno.test("HtmlExport.entry() writes an action as a sentence", () => {
  const html = shown(htmlOf(messageEntry("waves", { style: "action" })));
  assertStringIncludes(html, "Ani waves");
  assertEquals(html.split("Ani").length, 2);
});

Deno.test("HtmlExport.entry() writes a topic", () => {
  const html = htmlOf({
    type: "topic",
    sequence: 2,
    timeMs: 0,
    author: "<A>",
    text: "<T>",
  });
  assertStringIncludes(shown(html), "<A> set the topic: <T>");
});

Deno.test("HtmlExport.entry() makes links of http and https only", () => {
  const html = htmlOf(
    messageEntry('https://a.example/?a="&b=<c javascript:alert(1)'),
  );
  assertStringIncludes(
    html,
    '<a rel="noopener noreferrer" href="https://a.example/?a=">',
  );
  assertEquals(html.match(/<a rel/g)?.length, 1);
});

Deno.test("HtmlExport.entry() leaves hostile texts harmless", () => {
  const texts = [
    "<script>alert(1)</script>",
    "</div></article><style>*{display:none}</style>",
    "<!-- ",
    "]]>",
    "&lt;b&gt; &#60;b&#62;",
    '" onmouseover="alert(1)',
  ];
  for (const text of texts) {
    const html = htmlOf(
      messageEntry(text, {
        author: text,
        answered: { sequence: 3, author: text, text },
        state: {
          ...newMessageState(text),
          reactions: [{ emoji: text, names: [text] }],
        },
      }),
    );
    assertStringIncludes(shown(html), text);
    const tags = [...html.matchAll(/<\/?([^\s>]*)/g)].map(([, tag]) => tag!);
    const allowed = new Set(
      "a article bdi div h2 p section span time".split(" "),
    );
    assertEquals(tags.filter((tag) => !allowed.has(tag)), []);
    assertEquals(html.includes(' onmouseover="'), false);
  }
});

Deno.test("HtmlExport.entry() shows signs for controls, bidi controls and lone surrogates", () => {
  const html = htmlOf(messageEntry("a\0b\x1bc\u202ed\u2066e\ud800f\ng"));
  assertStringIncludes(shown(html), "a␀b␛c\ufffdd\ufffde\ufffdf\ng");
  assert(html.isWellFormed());
});

Deno.test("HtmlExport.end() closes what is open, and says if nothing was said", () => {
  const html = makeExport();
  assertStringIncludes(html.end(), "Nothing was said yet.");
  html.entry(messageEntry("a"));
  assertStringIncludes(html.end(), "</section>\n</main>");
  assertEquals(html.end().includes("Nothing"), false);
});
