/**
 * Builds the chat page: one HTML file with its script and its style inside,
 * which loads nothing and may do nothing else.
 *
 * @module
 */

const SOURCE = new URL("../lib/ui/page/", import.meta.url);
const TARGET = new URL("../dist/page.html", import.meta.url);

if (import.meta.main) {
  const html = await buildPage();
  await Deno.mkdir(new URL(".", TARGET), { recursive: true });
  await Deno.writeTextFile(TARGET, html);
}

/**
 * Bundles the page. The same sources give the same bytes.
 *
 * @returns The whole file.
 * @throws {Error} If the bundler fails; what it said is on standard error.
 */
export async function buildPage(): Promise<string> {
  const { script, style } = await bundle();
  const icon = await Deno.readTextFile(new URL("favicon.svg", SOURCE));
  const policy = [
    "default-src 'none'",
    `script-src ${await sourceHash(script)}`,
    `style-src ${await sourceHash(style)}`,
    "img-src data:",
    // In a browser, its face puts its own address here: lib/ui/browser_face.ts.
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<title>GAS Chatroom</title>
<style>${style}</style>
</head>
<body>
<script type="module">${script}</script>
</body>
</html>
`;
}

async function bundle(): Promise<{ script: string; style: string }> {
  const folder = await Deno.makeTempDir({ prefix: "gas-page-" });
  try {
    const style = `${folder}/style.css`;
    await Deno.writeTextFile(style, await readStyle());
    await minify(new URL("page_main.tsx", SOURCE).href, `${folder}/page.js`);
    await minify(style, `${folder}/page.css`);
    return {
      script: embeddable(await Deno.readTextFile(`${folder}/page.js`)),
      style: embeddable(await Deno.readTextFile(`${folder}/page.css`)),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The stylesheet with its parts inside: not every Deno bundles `@import`. */
async function readStyle(): Promise<string> {
  const style = await Deno.readTextFile(new URL("page.css", SOURCE));
  return style.replaceAll(
    /^@import "(.+)";$/gm,
    (_, path) => Deno.readTextFileSync(new URL(path, SOURCE)),
  );
}

async function minify(entry: string, output: string): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--minify",
      "--platform=browser",
      `--output=${output}`,
      entry,
    ],
    // Its deno.json says where the page's packages come from.
    cwd: SOURCE,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) fail(`deno bundle could not build ${entry}`);
}

/** HTML ends a script or style at its closing tag, wherever that stands. */
function embeddable(source: string): string {
  if (/<\/(script|style)|<!--/i.test(source)) {
    fail("the bundle contains text that would end its HTML element");
  }
  return source.trim();
}

/** Content Security Policy Level 3, section 2.3.1: hash-source. */
async function sourceHash(source: string): Promise<string> {
  const bytes = new TextEncoder().encode(source);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `'sha256-${btoa(String.fromCharCode(...hash))}'`;
}

function fail(message: string): never {
  throw new Error(message);
}
