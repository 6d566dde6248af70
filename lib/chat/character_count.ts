/**
 * Counts the characters of a text as limits mean them: Unicode code points,
 * so that an emoji of two UTF-16 units is one.
 *
 * @param text Well-formed text.
 * @returns The number of code points.
 */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    // The second half of a surrogate pair.
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}
