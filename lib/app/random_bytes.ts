/**
 * Random bytes of the system's generator.
 *
 * @param length How many, at most 65,536.
 */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
