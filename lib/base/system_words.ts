/**
 * What the system says of an error.
 *
 * @module
 */

/**
 * Takes the system's words out of an error of Deno's.
 *
 * @param error What was thrown.
 * @returns Its words, without the call and the path that Deno adds.
 */
export function systemWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/s, "");
}
