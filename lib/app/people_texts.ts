/**
 * What `gas-server` says of its people, in both languages.
 *
 * @module
 */

import type { AuditRow } from "../chat/account.ts";
import type { OwnerOutcome } from "../store/people_file.ts";
import { printableText } from "../ui/printable_text.ts";
import type { Language } from "../ui/strings.ts";

/**
 * Says what `gas-server owner` did.
 *
 * @param language The language.
 * @param outcome What it did.
 * @param typed The name as it was typed.
 * @returns One or two lines.
 */
export function ownerText(
  language: Language,
  outcome: OwnerOutcome,
  typed: string,
): string {
  const isEnglish = language === "en";
  switch (outcome.type) {
    case "made": {
      const name = printableText(outcome.name);
      return isEnglish
        ? `${name} owns the server.\nWhere ${name} is logged in now, that holds once the client is closed and started again.\nThe server need not be.\n`
        : `${name} memiliki server ini.\nDi klien ${name} yang sedang terhubung, itu berlaku setelah klien ditutup dan dibuka lagi.\nServer tidak perlu dijalankan ulang.\n`;
    }
    case "alreadyOwner": {
      const name = printableText(outcome.name);
      return isEnglish
        ? `${name} owns the server already.\n`
        : `${name} sudah memiliki server ini.\n`;
    }
    case "notClaimed": {
      const name = printableText(typed);
      return isEnglish
        ? `Nobody has claimed the name ${name}. Nothing was changed.\nLog in as ${name}, write /claim, then try again.\n`
        : `Nama ${name} belum diklaim siapa pun. Tidak ada yang diubah.\nMasuklah sebagai ${name}, tulis /claim, lalu coba lagi.\n`;
    }
  }
}

/**
 * Says how somebody becomes the owner of a server that has none.
 *
 * @param language The language.
 * @param code The code.
 * @returns Some lines.
 */
export function ownerCodeText(language: Language, code: string): string {
  return language === "id"
    ? `Server ini belum punya pemilik. Untuk menjadi pemilik, klaim nama Anda dengan /claim,\nlalu tulis di klien: /owner ${code}\nKode ini berlaku sekali, selama server ini berjalan.\n`
    : `Nobody owns this server yet. To own it, claim your name with /claim,\nthen write in the client: /owner ${code}\nThe code holds once, while this server runs.\n`;
}

/**
 * Writes an entry of the audit for people.
 *
 * @param row The entry.
 * @returns One line: when, who, what, to whom, and more of it.
 */
export function auditLine(row: AuditRow): string {
  const { timeMs, who, what, whom, detail } = row;
  const time = new Date(timeMs).toISOString();
  // The operator has no name among people.
  const fields = [time, who === "" ? "gas-server" : who, what, whom, detail];
  return fields.map(printableText).join("\t").trimEnd();
}

/**
 * Writes an entry of the audit for programs.
 *
 * @param row The entry.
 * @returns A line of JSON.
 */
export function auditJson(row: AuditRow): string {
  const { auditId, timeMs, who, what, whom, detail } = row;
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({ id: auditId, time, who, what, whom, detail });
}
