import { assertEquals } from "@std/assert";
import plugin from "../../../scripts/lint_plugin.ts";

/** `line rule` for each thing the plugin reports. */
function lint(fileName: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, fileName, source)
    .map(({ id, range }) => {
      const line = source.slice(0, range[0]).split("\n").length;
      return { line, text: `${line} ${id}` };
    })
    .sort((a, b) => a.line - b.line)
    .map(({ text }) => text);
}

/** The texts that the plugin reports in a pure file. */
function impure(source: string): string[] {
  return Deno.lint.runPlugin(plugin, "/x/lib/wire/frame.ts", source)
    .map(({ message }) => message.replace(/ in a folder.*/, ""));
}

for (
  const [source, found] of [
    ["Date.now();", "Date.now"],
    ["new Date();", "new Date()"],
    ["performance.now();", "performance"],
    ["setTimeout(f, 1);", "setTimeout"],
    ["setInterval(f, 1);", "setInterval"],
    ["queueMicrotask(f);", "queueMicrotask"],
    ["Math.random();", "Math.random"],
    ["crypto.getRandomValues(b);", "crypto.getRandomValues"],
    ["crypto.randomUUID();", "crypto.randomUUID"],
    ["crypto.subtle;", "crypto.subtle"],
    ["console.log(1);", "console"],
    ["Deno.cwd();", "Deno"],
    ["let a: Deno.Addr;", "Deno"],
    ["fetch(url);", "fetch"],
    ["globalThis.fetch(url);", "globalThis"],
    ["const tools = { console };", "console"],
    ["let a: Promise<void>;", "Promise"],
    ["const f = async () => {};", "async function"],
    ["class A { async f() {} }", "async function"],
    ["await f();", "await"],
    ["for await (const a of b) f(a);", "for await"],
    ['import("./a.ts");', "import()"],
    ['import { hash } from "node:crypto";', "node:crypto"],
  ] as const
) {
  Deno.test(`gas/pure refuses ${source}`, () => {
    assertEquals(impure(source), [found]);
  });
}

Deno.test("gas/pure accepts names that are no globals", () => {
  assertEquals(
    impure(`
      const limits = { fetch: 1, console: 2 };
      limits.fetch;
      new Date(timeMs);
      Math.max(a, b);
      crypto.hash(32, input);
      interface Timers { readonly performance: number; setTimeout(): void }
      class Log { console = 1; fetch(): void {} }
    `),
    [],
  );
});

Deno.test("gas/pure holds in all five pure folders and in no other", () => {
  for (const folder of ["base", "wire", "crypto", "transport", "chat"]) {
    assertEquals(
      lint(`/x/lib/${folder}/a.ts`, "Date.now();"),
      ["1 gas/pure"],
      folder,
    );
    assertEquals(
      lint(`C:\\x\\lib\\${folder}\\a.ts`, "Date.now();"),
      ["1 gas/pure"],
      folder,
    );
  }
  for (const path of ["lib/net/a.ts", "tests/unit/wire/a_test.ts", "a.ts"]) {
    assertEquals(lint(`/x/${path}`, "await Date.now();"), [], path);
  }
});

Deno.test("gas/pure lets only crypto's loaders wait", () => {
  const loader = `
    export async function loadCipher(): Promise<void> { await ready; }
  `;
  assertEquals(lint("/x/lib/crypto/a.ts", loader), []);
  assertEquals(
    lint("/x/lib/chat/a.ts", loader),
    ["2 gas/pure", "2 gas/pure", "2 gas/pure"],
  );
  assertEquals(
    lint("/x/lib/crypto/a.ts", "function loadKey() { return Date.now(); }"),
    ["1 gas/pure"],
  );
});

Deno.test("gas/pure leaves the login Worker's module alone", () => {
  assertEquals(lint("/x/lib/crypto/login_worker.ts", "await f();"), []);
});

Deno.test("gas/named-exports refuses both forms of a default", () => {
  assertEquals(
    lint("a.ts", "export default 1;\nexport { b as default };"),
    ["1 gas/named-exports", "2 gas/named-exports"],
  );
  assertEquals(lint("a.ts", "export const a = 1;\nexport { b };"), []);
});

Deno.test("gas/hash-private refuses the keyword", () => {
  assertEquals(
    lint("a.ts", "class A {\nprivate a = 1;\nprivate b() {}\n#c = 1;\n}"),
    ["2 gas/hash-private", "3 gas/hash-private"],
  );
  assertEquals(lint("a.ts", "class A { private constructor() {} }"), []);
});

Deno.test("gas/exhaustive-switch refuses a default over `type`", () => {
  const over = (subject: string) =>
    `switch (${subject}) {\ncase 1: break;\ndefault:\n}`;
  assertEquals(lint("a.ts", over("frame.type")), ["3 gas/exhaustive-switch"]);
  assertEquals(lint("a.ts", over("this.#frame.type")), [
    "3 gas/exhaustive-switch",
  ]);
  assertEquals(lint("a.ts", over("frame.length")), []);
  assertEquals(lint("a.ts", "switch (a.type) { case 1: break; }"), []);
});

Deno.test("gas/function-length counts 69 lines and no more", () => {
  const lines = (count: number) => `{${"\n".repeat(count - 1)}}`;
  assertEquals(lint("a.ts", `function f() ${lines(69)}`), []);
  assertEquals(lint("a.ts", `function f() ${lines(70)}`), [
    "1 gas/function-length",
  ]);
  assertEquals(lint("a.ts", `const f = () => ${lines(70)};`), [
    "1 gas/function-length",
  ]);
  assertEquals(lint("a.ts", `class A {\n f() ${lines(70)} }`), [
    "2 gas/function-length",
  ]);
});
