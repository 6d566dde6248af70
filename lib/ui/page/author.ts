/**
 * How an author looks: a letter and one of a few colours, the same for a name
 * in every page.
 *
 * @module
 */

/** How many author colours the stylesheet has (classes `hue-0` and on). */
export const HUE_COUNT = 12;

/**
 * Picks a name's colour.
 *
 * @param name The author's name.
 * @returns The class of the colour.
 */
export function authorHue(name: string): string {
  // FNV-1a: spreads short, similar names well.
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return `hue-${(hash >>> 16) % HUE_COUNT}`;
}

/**
 * Picks the letter for a name's token.
 *
 * @param name The author's name.
 * @returns Its first character, as a capital.
 */
export function authorLetter(name: string): string {
  const [first = ""] = name;
  return first.toUpperCase();
}
