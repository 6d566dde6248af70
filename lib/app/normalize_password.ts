/**
 * Makes the password that was typed the one that was meant: keyboards differ in
 * how they compose letters (RFC 8265 section 4.2.1).
 *
 * @param password As typed.
 */
export function normalizePassword(password: string): string {
  return password.normalize("NFC");
}
