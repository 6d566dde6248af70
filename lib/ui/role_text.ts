import type { Role } from "../chat/role.ts";
import type { Language } from "./strings.ts";

/**
 * Names a role.
 *
 * @param language The language.
 * @param role The role.
 * @returns One word.
 */
export function roleText(language: Language, role: Role): string {
  return language === "id" ? INDONESIAN[role] : role;
}

const INDONESIAN: Readonly<Record<Role, string>> = {
  guest: "tamu",
  member: "anggota",
  moderator: "moderator",
  owner: "pemilik",
};
