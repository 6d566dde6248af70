/**
 * What counts of the text in the input box.
 *
 * @module
 */

/**
 * Takes from a draft what is sent: without empty lines before the text and
 * without white space after it. An indentation of the first line stays.
 *
 * @param draft The text in the box.
 * @returns The message's text; empty if there is nothing to send.
 */
export function messageText(draft: string): string {
  return draft.trimEnd().replace(/^(?:[^\S\n]*\n)+/, "");
}

/**
 * Tells whether a draft is the word that leaves the room.
 *
 * @param draft The text in the box.
 * @returns True for `QUIT` alone, white space around it aside.
 */
export function isQuit(draft: string): boolean {
  return draft.length < MAX_QUIT_DRAFT && draft.trim() === "QUIT";
}

/**
 * `QUIT` with more white space around it than this is a paste, not a word typed
 * alone.
 */
const MAX_QUIT_DRAFT = 64;

/**
 * Cuts a text after a number of characters.
 *
 * @param text Any text.
 * @param count How many Unicode code points to keep.
 * @returns The beginning of the text.
 */
export function firstCharacters(text: string, count: number): string {
  let end = 0;
  for (let kept = 0; kept < count && end < text.length; kept++) {
    end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
