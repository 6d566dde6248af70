/**
 * Finds web addresses in plain text. Only ranges come out: what shows them makes
 * the links.
 *
 * @module
 */

/** A web address in a text. */
export interface TextLink {
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Where it leads: `http:` or `https:`. */
  readonly href: string;
}

/** Longer ones are no addresses that people write. */
const MAX_LINK_LENGTH = 2_048;

const CANDIDATE = /https?:\/\/[^\s<>"`\\^{}|]+/gi;

/** What ends a sentence around an address, rather than the address. */
const TRAILING = ".,;:!?'*_~…»”’";

const BRACKETS: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/**
 * What people do not see, or what turns the text around it: an address with it
 * may lead elsewhere than it seems to.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u;

/**
 * Finds the web addresses in a text.
 *
 * @param text Any text.
 * @returns Them, in their order.
 */
export function findLinks(text: string): TextLink[] {
  return [...text.matchAll(CANDIDATE)].flatMap(({ 0: found, index }) => {
    if (found.length > MAX_LINK_LENGTH) return [];
    const length = addressLength(found);
    const href = hrefOf(found.slice(0, length));
    return href === undefined
      ? []
      : [{ start: index, end: index + length, href }];
  });
}

function hrefOf(address: string): string | undefined {
  if (DECEPTIVE.test(address)) return undefined;
  const url = URL.parse(address);
  // `https://bank.example@elsewhere.example` leads to the latter.
  if (url === null || url.username !== "" || url.password !== "") {
    return undefined;
  }
  return url.protocol === "http:" || url.protocol === "https:"
    ? url.href
    : undefined;
}

/** A closing bracket belongs to an address that has the opening one. */
function addressLength(found: string): number {
  const surplus = new Map(
    Object.entries(BRACKETS).map(([closing, opening]) =>
      [closing, count(found, closing) - count(found, opening)] as const
    ),
  );
  let length = found.length;
  for (; length > 0; length--) {
    const last = found[length - 1]!;
    const tooMany = surplus.get(last);
    if (tooMany === undefined) {
      if (!TRAILING.includes(last)) break;
    } else {
      if (tooMany <= 0) break;
      surplus.set(last, tooMany - 1);
    }
  }
  return length;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
