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
<link rel="icon" href="data:,">
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
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--minify",
        "--platform=browser",
        `--outdir=${folder}`,
        "page_main.tsx",
        "page.css",
      ],
      cwd: SOURCE,
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).output();
    if (!success) fail("deno bundle could not build the page");
    const script = await Deno.readTextFile(`${folder}/page_main.js`);
    const style = await Deno.readTextFile(`${folder}/page.css`);
    return { script: embeddable(script), style: embeddable(style) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
