import { assertEquals } from "@std/assert";
import { findLinks } from "../../../lib/ui/text_links.ts";

function linked(text: string): string[] {
  return findLinks(text).map(({ start, end }) => text.slice(start, end));
}

function hrefsOf(text: string): string[] {
  return findLinks(text).map(({ href }) => href);
}

Deno.test("findLinks() finds addresses of the web within a text", () => {
  assertEquals(
    linked("see https://a.example/b?c=d#e and HTTP://A.EXAMPLE\nbye"),
    ["https://a.example/b?c=d#e", "HTTP://A.EXAMPLE"],
  );
  assertEquals(hrefsOf("HTTP://A.EXAMPLE"), ["http://a.example/"]);
});

Deno.test("findLinks() leaves the sentence's signs outside", () => {
  for (const end of [".", ",", "?!", ")", ").", "…", "”", "*", ">"]) {
    assertEquals(linked(`(https://a.example/b${end}`), ["https://a.example/b"]);
  }
});

Deno.test("findLinks() keeps brackets that belong to the address", () => {
  assertEquals(
    linked("(https://a.example/Ruang_(ilmu))"),
    ["https://a.example/Ruang_(ilmu)"],
  );
  assertEquals(linked("http://[::1]:8080/a"), ["http://[::1]:8080/a"]);
});

Deno.test("findLinks() finds no other schemes and nothing without a host", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "data:text/html,<script>",
      "file:///etc/passwd",
      "ftp://a.example",
      "//a.example",
      "https://",
      "https:// a",
      "http://:80",
      "a.example",
    ]
  ) {
    assertEquals(findLinks(text), [], text);
  }
});

Deno.test("findLinks() finds none that lead elsewhere than they seem to", () => {
  for (
    const text of [
      "https://bank.example@evil.example",
      "https://a:b@evil.example",
      "https://a.example/\u202egpj.exe",
      "https://a.example/\u200bb",
      "https://a.example/\0",
      "https://a.example/\ud800",
    ]
  ) {
    assertEquals(findLinks(text), [], JSON.stringify(text));
  }
});

Deno.test("findLinks() takes long texts of one sign in linear time", () => {
  const text = `https://a${")".repeat(2_000)}`;
  assertEquals(linked(text), ["https://a"]);
  assertEquals(findLinks(`https://a/${"b".repeat(100_000)}`), []);
});
