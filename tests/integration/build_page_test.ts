import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { buildPage } from "../../scripts/build_page.ts";

Deno.test("buildPage() allows exactly the script and the style inside", async () => {
  const html = await buildPage();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
    .exec(html)![1]!;
  const script = /<script type="module">(.*)<\/script>/s.exec(html)![1]!;
  const style = /<style>(.*)<\/style>/s.exec(html)![1]!;
  assertEquals(policy.split("; "), [
    "default-src 'none'",
    `script-src ${await sourceHash(script)}`,
    `style-src ${await sourceHash(style)}`,
    "img-src data:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert(script.length > 10_000 && style.length > 5_000);
});

Deno.test("buildPage() makes a page that refers to nothing outside", async () => {
  const html = await buildPage();
  assertNotMatch(html, /\b(src|href)=["'](?!data:)/);
  assertNotMatch(html, /@import|url\(\s*["']?(?!data:|#)/);
  assertNotMatch(html, /\bimport\s*\(|\bfrom\s*"/);
});

Deno.test("buildPage() makes the same bytes each time", async () => {
  assertEquals(await buildPage(), await buildPage());
});

async function sourceHash(source: string): Promise<string> {
  const bytes = new TextEncoder().encode(source);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `'sha256-${btoa(String.fromCharCode(...hash))}'`;
}
