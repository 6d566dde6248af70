/**
 * The house rules that need all files at once. What one file shows by itself
 * (purity, function length) is in scripts/lint_plugin.ts.
 */
import { assert, assertEquals } from "@std/assert";

/** Files stay shorter than this, in lines: one sitting's reading. */
const MAX_FILE_LINES = 600;

/** What each folder of lib/ may import besides itself: the layers, top down. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  app: ["ui", "net", "store", "transport", "chat", "wire", "crypto", "base"],
  ui: ["chat", "base"],
  net: ["transport", "wire", "crypto", "base"],
  store: ["chat", "crypto", "base"],
  transport: ["wire", "crypto", "base"],
  chat: ["wire", "crypto", "base"],
  wire: ["base"],
  crypto: ["base"],
  base: [],
  std: [],
};

/** Folders that may not even use the typed facades of the standard library. */
const WITHOUT_STD = ["base", "wire", "crypto", "transport", "chat"];

/** Where each package is used, besides the tests: one folder knows it. */
const PACKAGE_HOMES: Readonly<Record<string, string>> = {
  "@serenity-kit/opaque": "lib/crypto/",
  "cborg": "lib/chat/",
  "deno-std": "lib/std/",
  "fast-check": "tests/",
  "libsodium-wrappers-sumo": "lib/crypto/",
  "playwright-core": "tests/",
  "preact": "lib/ui/",
  "string-width": "lib/ui/",
  "webview-bun": "lib/ui/",
};

/** Parts of lib/ that exist for the tests. */
const TEST_SUPPORT = ["lib/std/assert.js"];

const ROOT = new URL("../", import.meta.url);
const SKIPPED = new Set([".git", "dist", "coverage", "node_modules"]);
const TEXT = /\.(ts|tsx|js|css|html|json|md|yml|sh)$|^\.ci\/run$/;
const SOURCE = /\.(ts|tsx|js)$/;
const TEST = /_test\.tsx?$/;
const FOLDER = /^lib\/([^/]+)\//;

const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const texts = new Map<string, string>();
const paths = new Set<string>();
await readTree("");
const sources = [...texts.keys()].filter((path) => SOURCE.test(path)).sort();

/** Reads every text file below a folder of the repository. */
async function readTree(folder: string): Promise<void> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = folder + entry.name;
    if (SKIPPED.has(entry.name)) continue;
    if (entry.isDirectory) await readTree(`${path}/`);
    if (!entry.isFile) continue;
    paths.add(path);
    if (!TEXT.test(path)) continue;
    texts.set(path, await Deno.readTextFile(new URL(path, ROOT)));
  }
}

/** A file's text without its comments, as far as they stand on own lines. */
function code(path: string): string {
  return texts.get(path)!.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, "");
}

/** What a file imports, starts as a Worker, or reads beside itself. */
function specifiers(path: string): string[] {
  const patterns = [
    /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s+"([^"]+)"/gm,
    /^\s*import\s+"([^"]+)"/gm,
    /\bimport\(\s*"([^"]+)"/g,
    /\bnew URL\(\s*"([^"]+)",\s*import\.meta\.url/g,
    /@ts-self-types="([^"]+)"/g,
    /^@import\s+"([^"]+)"/gm,
  ];
  const text = path.endsWith(".js") ? texts.get(path)! : code(path);
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => match[1]!)
  );
}

/** The repository's file that a specifier stands for, if it is one. */
function resolve(specifier: string, from: string): string | undefined {
  const mapped: string = config.imports[specifier] ?? specifier;
  if (!mapped.startsWith(".")) return undefined;
  const base = mapped === specifier ? new URL(from, ROOT) : ROOT;
  const path = new URL(mapped, base).href.slice(ROOT.href.length);
  return paths.has(path) ? path : undefined;
}

/** The npm package that a specifier stands for, if it is one. */
function packageOf(specifier: string): string | undefined {
  if (resolve(specifier, "deno.json") !== undefined) return undefined;
  return Object.keys(PACKAGE_HOMES).find((name) =>
    specifier === name || specifier.startsWith(`${name}/`)
  );
}

/** The repository's files that a file leads to. */
function neighbours(path: string): string[] {
  const imported = specifiers(path).map((name) => resolve(name, path))
    .filter((name) => name !== undefined);
  if (!/^(scripts|bench)\//.test(path)) return imported;
  // Scripts name what they bundle or start by its path, or by its name in a
  // folder.
  const folders = ["./", ...specifiers(path)].map((folder) =>
    new URL(folder, new URL(path, ROOT)).href.slice(ROOT.href.length)
  ).filter((folder) => folder.endsWith("/"));
  const named = [...texts.get(path)!.matchAll(/"([\w./-]+\.\w+)"/g)]
    .flatMap(([, name]) => ["", ...folders].map((folder) => folder + name))
    .filter((name) => paths.has(name));
  return [...imported, ...named];
}

/** Everything that some files lead to, with the files themselves. */
function reachable(roots: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...roots];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (texts.has(path)) queue.push(...neighbours(path));
  }
  return seen;
}

/** Lines `path:line: text` where a pattern occurs in any text. */
function occurrences(pattern: RegExp, skip: readonly string[]): string[] {
  return [...texts].flatMap(([path, text]) =>
    skip.includes(path)
      ? []
      : text.split("\n").flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []
      )
  );
}

Deno.test("tidy: a folder imports only the folders below it", () => {
  const wrong: string[] = [];
  for (const path of sources) {
    const folder = FOLDER.exec(path)?.[1];
    for (const specifier of specifiers(path)) {
      const target = resolve(specifier, path);
      const other = FOLDER.exec(target ?? "")?.[1];
      if (folder === undefined) {
        const isEntry = path === "server.ts" || path === "client.ts";
        if (isEntry && other !== undefined && other !== "app") {
          wrong.push(`${path} imports ${target}`);
        }
        continue;
      }
      assert(LAYERS[folder] !== undefined, `lib/${folder} has no layer`);
      const isAllowed = other === folder ||
        (other === "std" && !WITHOUT_STD.includes(folder)) ||
        (other !== undefined && LAYERS[folder].includes(other)) ||
        target === "deno.json" ||
        (other === undefined && !specifier.startsWith("."));
      if (!isAllowed) wrong.push(`${path} imports ${specifier}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("tidy: a package is used in its own folder and in tests", () => {
  const wrong: string[] = [];
  const used = new Set<string>();
  for (const path of sources) {
    for (const specifier of specifiers(path)) {
      const name = packageOf(specifier);
      if (name === undefined) continue;
      used.add(name);
      if (path.startsWith(PACKAGE_HOMES[name]!)) continue;
      if (!path.startsWith("tests/") && !path.startsWith("scripts/")) {
        wrong.push(`${path} imports ${specifier}`);
      }
    }
  }
  assertEquals(wrong, []);
  for (const [path, text] of texts) {
    if (!path.startsWith("scripts/")) continue;
    for (const name of Object.keys(PACKAGE_HOMES)) {
      if (text.includes(name)) used.add(name);
    }
  }
  assertEquals([...used].sort(), Object.keys(PACKAGE_HOMES).sort());
});

Deno.test("tidy: every package is pinned to one version", () => {
  const loose = Object.entries<string>(config.imports).filter(([, target]) =>
    !target.startsWith("./") &&
    !/^npm:\/?(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+\/?$/.test(target)
  );
  assertEquals(loose, []);
});

Deno.test("tidy: every file is shorter than 600 lines", () => {
  const long = [...texts].filter(([path]) => /\.(ts|tsx|js|css|sh)$/.test(path))
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines >= MAX_FILE_LINES);
  assertEquals(long, []);
});

Deno.test("tidy: every file of lib/ is used by the programs", () => {
  const roots = ["server.ts", "client.ts", ...TEST_SUPPORT];
  const scripts = [...texts.keys()].filter((path) =>
    path.startsWith("scripts/")
  );
  const used = reachable([...roots, ...scripts]);
  const unused = [...paths].filter((path) =>
    path.startsWith("lib/") && !used.has(path)
  );
  assertEquals(unused, []);
});

Deno.test("tidy: every file of tests/ is a test, a task, or used by one", () => {
  const tasks = JSON.stringify(config.tasks);
  const used = reachable(
    sources.filter((path) => TEST.test(path) || tasks.includes(path)),
  );
  const unused = sources.filter((path) =>
    path.startsWith("tests/") && !used.has(path)
  );
  assertEquals(unused, []);
});

Deno.test("tidy: every file of bench/ is used by the benchmark", () => {
  const used = reachable(["bench/bench.ts"]);
  const unused = sources.filter((path) =>
    path.startsWith("bench/") && !used.has(path)
  );
  assertEquals(unused, []);
});

Deno.test("tidy: tests/unit mirrors lib/ and scripts/", () => {
  const stems = sources.map((path) =>
    path.replace(/^lib\//, "").replace(SOURCE, "").replace(/\.d$/, "")
  );
  const strangers = sources.filter((path) => path.startsWith("tests/unit/"))
    .filter((path) => TEST.test(path))
    .filter((path) => {
      const name = path.slice("tests/unit/".length).replace(TEST, "");
      return !stems.some((stem) =>
        name === stem || name.startsWith(`${stem}_`)
      );
    });
  assertEquals(strangers, []);
});

Deno.test("tidy: every exported decoder has a fuzz entry", () => {
  const fuzz = [...texts].filter(([path]) => path.startsWith("tests/fuzz/"))
    .map(([, text]) => text).join("\n");
  const missing = sources.filter((path) => path.startsWith("lib/"))
    .flatMap((path) =>
      [...code(path).matchAll(/^export function (decode\w+)/gm)]
        .map((match) => match[1]!)
        .filter((name) => !new RegExp(`\\b${name}\\b`).test(fuzz))
        .map((name) => `${path}: ${name}`)
    );
  assertEquals(missing, []);
});

Deno.test("tidy: nothing is left for later", () => {
  const marks = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME"].join("|")})\\b`);
  assertEquals(occurrences(marks, []), []);
});

Deno.test("tidy: the texts speak of the product, not of its making", () => {
  const self = ["tests/tidy_test.ts"];
  const patterns = [
    /\b(DESIGN|FACTS|STYLE|CONTRACT)(\.md|,? (section )?\d)/,
    /\bissue #?\d/i,
    /co-?authored-by/i,
    /\b(generated|written|made) (by|with) (an? )?(AI|agent|assistant|model)\b/i,
    /\b(AI|LLM)s?\b/,
  ];
  for (const pattern of patterns) {
    assertEquals(occurrences(pattern, self), []);
  }
});

Deno.test("tidy: git holds no file that is generated", async () => {
  // A source archive has no repository, and then nothing to check.
  if (!await isGitRepository()) return;
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--ignored", "--exclude-standard"],
    cwd: ROOT,
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "");
});

async function isGitRepository(): Promise<boolean> {
  try {
    const args = ["rev-parse", "--git-dir"];
    const git = new Deno.Command("git", { args, cwd: ROOT });
    return (await git.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("tidy: the documents name files and tasks that exist", () => {
  const wrong: string[] = [];
  for (const [path, text] of texts) {
    if (!path.endsWith(".md")) continue;
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (!/^[a-z]+:/.test(link!) && !isLinkAlive(link!, path)) {
        wrong.push(`${path} links to ${link}`);
      }
    }
    for (const [, task] of text.matchAll(/\bdeno(?:@[\d.]+)? task (\w+)/g)) {
      if (!(task! in config.tasks)) wrong.push(`${path} names task ${task}`);
    }
  }
  assertEquals(wrong, []);
});

/** Whether a document's link leads to a file, folder or heading. */
function isLinkAlive(link: string, from: string): boolean {
  const { href, hash } = new URL(link, new URL(from, ROOT));
  const path = href.slice(ROOT.href.length, href.length - hash.length);
  if (![...paths].some((other) => other.startsWith(path))) return false;
  if (hash === "") return true;
  return (texts.get(path) ?? "").split("\n").some((line) =>
    line.startsWith("#") && hash === `#${headingAnchor(line)}`
  );
}

/** What GitHub makes of a heading. */
function headingAnchor(line: string): string {
  return line.replace(/^#+ /, "").toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "").replaceAll(" ", "-");
}

Deno.test("tidy: one version of Deno is named everywhere", () => {
  const versions = new Set(
    [...texts.values()].flatMap((text) =>
      [...text.matchAll(/\bdeno@(\d+\.\d+\.\d+)/g)].map((match) => match[1])
    ),
  );
  assertEquals(versions.size, 1);
});

Deno.test("tidy: README.id.md has the parts that README.md has", () => {
  const parts = (path: string): string[] =>
    [...texts.get(path)!.matchAll(/^(#+ |```\w*|\|[-| ]+\|$)/gm)]
      .map((match) => match[1]!.replaceAll(/[- ]+/g, " ").trim());
  assertEquals(parts("README.id.md"), parts("README.md"));
});
