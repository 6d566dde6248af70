/**
 * The sentences every face shares, in English and Indonesian: why a login or a
 * message was refused, what happened in the room, how the connection is. Each
 * says what happened and what to do next.
 *
 * @module
 */

import { roomRefusalText } from "./room_refusal_strings.ts";
import type {
  DeliveryState,
  MessageRefusal,
  ReceiptCounts,
} from "../chat/chat_client_event.ts";
import type { LeaveReason } from "../chat/chat_message.ts";
import { MAX_NAME_CHARACTERS } from "../chat/limits.ts";
import type { NameRule } from "../chat/name.ts";
import type { ClientEvent, Refusal, UnkeptReason } from "./bridge.ts";
import { bannedText, decisionText } from "./people_strings.ts";

/** A language the faces speak: English or Indonesian. */
export type Language = "en" | "id";

/** A refusal in words. */
export interface RefusalText {
  /** What happened. */
  readonly what: string;
  /** What to do next. */
  readonly next: string;
}

/** The events that a face tells as one sentence of its own. */
export type NoticeEvent = WithoutRoom<
  Extract<
    ClientEvent,
    {
      readonly type:
        | "joined"
        | "left"
        | "gap"
        | "unkept"
        | "connection"
        | "ended";
    }
  >
>;

/** The same, whatever room it is about. */
export type WithoutRoom<Event> = Event extends unknown ? Omit<Event, "roomId">
  : never;

/**
 * Chooses the language for a locale.
 *
 * @param locale A BCP 47 tag (`id-ID`) or a POSIX locale (`id_ID.UTF-8`), as
 * the system names it.
 * @returns Indonesian if the locale asks for it, else English.
 */
export function pickLanguage(locale: string | undefined): Language {
  // "in" is the code Java-based systems still use for Indonesian.
  return /^(id|in|ind)([-_.@]|$)/i.test(locale ?? "") ? "id" : "en";
}

/**
 * Says why a login was refused. Fingerprints are left to the face, which lays
 * them out.
 *
 * @param language The language to say it in.
 * @param refusal What the session answered.
 * @returns What happened and what to do.
 */
export function refusalText(
  language: Language,
  refusal: Refusal,
): RefusalText {
  return language === "id"
    ? refusalIndonesian(refusal)
    : refusalEnglish(refusal);
}

/**
 * Says what happened in the room or to the connection.
 *
 * @param language The language to say it in.
 * @param event The event to tell.
 * @returns One or two sentences; empty for a connection that is well.
 */
export function noticeText(language: Language, event: NoticeEvent): string {
  return language === "id" ? noticeIndonesian(event) : noticeEnglish(event);
}

/**
 * Says why a message was not accepted.
 *
 * @param language The language to say it in.
 * @param refusal The limit that was hit.
 * @returns What happened and what to do.
 */
export function messageRefusalText(
  language: Language,
  refusal: MessageRefusal,
): string {
  const id = language === "id";
  switch (refusal.code) {
    case "tooLong": {
      const limit = formatCount(language, refusal.limitCharacters);
      const length = formatCount(language, refusal.characters);
      return id
        ? `Terlalu panjang: ${length} karakter, batasnya ${limit}. Pendekkan atau bagi menjadi beberapa pesan.`
        : `Too long: ${length} characters, the limit is ${limit}. Shorten it or split it into several messages.`;
    }
    case "empty":
      return id ? "Pesan ini kosong." : "This message is empty.";
    case "tooFast":
      return id
        ? `Terlalu banyak pesan sekaligus. Tunggu ${refusal.retryAfterSeconds} detik, lalu kirim lagi.`
        : `Too many messages at once. Wait ${
          seconds(refusal.retryAfterSeconds)
        }, then send it again.`;
    case "noSuchMessage":
      return id ? "Tidak ada pesan itu." : "There is no such message.";
    case "tooOld":
      return id
        ? "Pesan itu sudah tidak disimpan di server."
        : "The server does not keep that message any more.";
    case "notYours":
      return id
        ? "Hanya penulisnya yang bisa melakukan itu."
        : "Only who wrote it can do that.";
    case "removed":
      return id ? "Pesan itu sudah dihapus." : "That message was removed.";
    case "notEmoji":
      return id
        ? "Itu bukan satu emoji. Pilih satu saja, misalnya 👍."
        : "That is not one emoji. Choose one, for example 👍.";
    case "muted":
    case "slowMode":
    case "locked":
    case "archived":
    case "needsRole":
    case "notInRoom":
      return roomRefusalText(language, refusal);
    case "notAnnouncement":
      return id
        ? "Pesan itu bukan pengumuman."
        : "That message is no announcement.";
    case "tooManyReactions": {
      const limit = formatCount(language, refusal.limitKinds);
      return id
        ? `Sudah ada ${limit} emoji berbeda pada pesan itu. Pakai salah satunya, atau coba lagi setelah satu ditarik.`
        : `${limit} different emoji are at that message already. Use one of them, or try again when one is taken back.`;
    }
    case "outboxFull": {
      const limit = formatCount(language, refusal.limitMessages);
      return id
        ? `Sudah ${limit} pesan menunggu server. Kirim lagi setelah server menjawab.`
        : `${limit} messages already wait for the server. Send it again once the server answers.`;
    }
  }
}

/**
 * Says where an own message stands.
 *
 * @param language The language to say it in.
 * @param delivery The message's state.
 * @returns A few words, or for a refusal its sentences.
 */
export function deliveryText(
  language: Language,
  delivery: DeliveryState,
): string {
  const id = language === "id";
  switch (delivery.state) {
    case "queued":
      return id ? "Menunggu server" : "Waiting for the server";
    case "stored":
      if (delivery.receipt !== undefined) {
        return receiptText(language, delivery.receipt);
      }
      if (delivery.forwardedTo === 0) return id ? "Tersimpan" : "Stored";
      return id
        ? `Terkirim ke ${formatCount(language, delivery.forwardedTo)} orang`
        : `Sent to ${people(delivery.forwardedTo)}`;
    case "refused":
      return messageRefusalText(language, delivery.reason);
  }
}

function receiptText(
  language: Language,
  { delivered, read, of }: ReceiptCounts,
): string {
  const count = (value: number) => formatCount(language, value);
  if (language === "id") {
    return read === 0
      ? `Diterima ${count(delivered)} dari ${count(of)}`
      : `Dibaca ${count(read)} dari ${count(of)}`;
  }
  return read === 0
    ? `Delivered to ${count(delivered)} of ${count(of)}`
    : `Read by ${count(read)} of ${count(of)}`;
}

/**
 * Writes a whole number with the language's separators.
 *
 * @param language The language to write it in.
 * @param count A whole number.
 * @returns For example `4,000` or `4.000`.
 */
export function formatCount(language: Language, count: number): string {
  return COUNTS[language].format(count);
}

/** Made once: a busy server writes many numbers. */
const COUNTS: Readonly<Record<Language, Intl.NumberFormat>> = {
  en: new Intl.NumberFormat("en-US"),
  id: new Intl.NumberFormat("id-ID"),
};

function refusalEnglish(refusal: Refusal): RefusalText {
  switch (refusal.code) {
    case "wrongPassword":
      return {
        what: "The password is not right for this name.",
        next:
          "Check the spelling and Caps Lock, or ask whoever runs the server.",
      };
    case "nameTaken":
      return {
        what: `Somebody in the room is already called ${refusal.name}.`,
        next: "Choose another name.",
      };
    case "nameInvalid":
      return nameRuleEnglish(refusal.rule);
    case "throttled":
      return {
        what: "There were too many login attempts.",
        next: `Wait ${seconds(refusal.retryAfterSeconds)}, then connect again.`,
      };
    case "roomFull":
      return {
        what: "The room is full.",
        next: "Try again when somebody has left.",
      };
    case "banned":
      return bannedText("en", refusal);
    case "serverSilent":
      return {
        what: `Nothing answered at ${refusal.host}, port ${refusal.port}.`,
        next:
          `Check the address, that the server is running, that both computers are on the same network, and that its firewall lets UDP port ${refusal.port} in.`,
      };
    case "serverGone":
      return {
        what: `The server answered, then went away during the login${
          inParentheses(refusal.reason)
        }.`,
        next: "Try again in a moment.",
      };
    case "serverKeyChanged":
      return {
        what:
          `The server at ${refusal.host}, port ${refusal.port} shows another key than last time.`,
        next:
          "If it was set up anew, compare the new fingerprint with the one it prints, then trust it. If not, somebody may be posing as it: do not go on, and ask whoever runs it.",
      };
    case "versionMismatch":
      return {
        what: `This program and the server speak different versions${
          inParentheses(refusal.supported.join(", "))
        }.`,
        next: "Use a gas-client of the same version as the server.",
      };
    case "addressInvalid":
      return {
        what: `“${refusal.host}” is not an address that can be reached.`,
        next: "Type a host name or an IP address, such as 192.168.1.20.",
      };
    case "clientPortBusy":
      return {
        what:
          `Port ${refusal.port} of this computer is used by another program.`,
        next:
          "Close that program, or start gas-client with another client port.",
      };
  }
}

function refusalIndonesian(refusal: Refusal): RefusalText {
  switch (refusal.code) {
    case "wrongPassword":
      return {
        what: "Password tidak cocok untuk nama ini.",
        next:
          "Periksa ejaan dan Caps Lock, atau tanyakan kepada yang menjalankan server.",
      };
    case "nameTaken":
      return {
        what: `Di ruang ini sudah ada yang bernama ${refusal.name}.`,
        next: "Pilih nama lain.",
      };
    case "nameInvalid":
      return nameRuleIndonesian(refusal.rule);
    case "throttled":
      return {
        what: "Terlalu banyak percobaan masuk.",
        next: `Tunggu ${refusal.retryAfterSeconds} detik, lalu hubungkan lagi.`,
      };
    case "roomFull":
      return {
        what: "Ruang ini penuh.",
        next: "Coba lagi setelah ada yang keluar.",
      };
    case "banned":
      return bannedText("id", refusal);
    case "serverSilent":
      return {
        what: `Tidak ada jawaban dari ${refusal.host}, port ${refusal.port}.`,
        next:
          `Periksa alamatnya, apakah server berjalan, apakah kedua komputer di jaringan yang sama, dan apakah firewall server mengizinkan UDP port ${refusal.port}.`,
      };
    case "serverGone":
      return {
        what: `Server sempat menjawab, lalu hilang saat proses masuk${
          inParentheses(refusal.reason)
        }.`,
        next: "Coba lagi sebentar lagi.",
      };
    case "serverKeyChanged":
      return {
        what:
          `Server di ${refusal.host}, port ${refusal.port} menunjukkan kunci yang berbeda dari sebelumnya.`,
        next:
          "Jika server baru dipasang ulang, cocokkan sidik jari baru dengan yang dicetak server, lalu percayai. Jika tidak, mungkin ada yang menyamar: jangan lanjutkan, dan tanyakan kepada yang menjalankan server.",
      };
    case "versionMismatch":
      return {
        what: `Program ini dan server memakai versi yang berbeda${
          inParentheses(refusal.supported.join(", "))
        }.`,
        next: "Gunakan gas-client dengan versi yang sama dengan server.",
      };
    case "addressInvalid":
      return {
        what: `“${refusal.host}” bukan alamat yang dapat dihubungi.`,
        next: "Ketik nama host atau alamat IP, misalnya 192.168.1.20.",
      };
    case "clientPortBusy":
      return {
        what:
          `Port ${refusal.port} di komputer ini sedang dipakai program lain.`,
        next:
          "Tutup program itu, atau jalankan gas-client dengan port klien lain.",
      };
  }
}

function nameRuleEnglish(rule: NameRule): RefusalText {
  switch (rule) {
    case "empty":
      return {
        what: "There is no name yet.",
        next: "Type the name the others shall see.",
      };
    case "tooLong":
      return {
        what: "That name is too long.",
        next: `Choose one of at most ${MAX_NAME_CHARACTERS} characters.`,
      };
    case "controlCharacter":
      return {
        what: "That name contains invisible or control characters.",
        next: "Type it again by hand, on one line.",
      };
    case "confusable":
      return {
        what:
          "That name mixes alphabets in a way that looks like another name.",
        next: "Write it in one alphabet.",
      };
    case "reserved":
      return {
        what: "That name is reserved for the server.",
        next: "Choose another name.",
      };
  }
}

function nameRuleIndonesian(rule: NameRule): RefusalText {
  switch (rule) {
    case "empty":
      return {
        what: "Nama belum diisi.",
        next: "Ketik nama yang akan dilihat orang lain.",
      };
    case "tooLong":
      return {
        what: "Nama itu terlalu panjang.",
        next: `Pilih nama paling banyak ${MAX_NAME_CHARACTERS} karakter.`,
      };
    case "controlCharacter":
      return {
        what: "Nama itu berisi karakter kendali atau tak terlihat.",
        next: "Ketik lagi dengan tangan, dalam satu baris.",
      };
    case "confusable":
      return {
        what: "Nama itu mencampur alfabet sehingga mirip dengan nama lain.",
        next: "Tulis dengan satu alfabet.",
      };
    case "reserved":
      return {
        what: "Nama itu dipakai oleh server.",
        next: "Pilih nama lain.",
      };
  }
}

function noticeEnglish(event: NoticeEvent): string {
  switch (event.type) {
    case "joined":
      return `${event.name} joined the room.`;
    case "left":
      return leftEnglish(event.name, event.reason);
    case "gap":
      return event.missedMessages === 1
        ? "1 message was missed: the server no longer has it."
        : `${
          formatCount("en", event.missedMessages)
        } messages were missed: the server no longer has them.`;
    case "unkept":
      return unkeptEnglish(event.why);
    case "connection":
      switch (event.connection.state) {
        case "online":
          return "";
        case "unresponsive":
          return "The server is not answering. Keep writing: messages wait here and go out when it does.";
        case "reconnecting":
          return event.connection.serverStopped
            ? "The server was stopped. The room comes back by itself once it runs again. Keep writing: messages wait here and go out then."
            : "Connection lost. Reconnecting. Keep writing: messages wait here and go out then.";
      }
      break;
    case "ended":
      switch (event.reason.code) {
        case "quit":
          return "You left the chat.";
        case "removed":
          return `You were removed from the room${
            inParentheses(event.reason.reason)
          }.`;
        case "kicked":
        case "banned":
          return decisionText("en", event.reason);
        case "refused": {
          const { what, next } = refusalEnglish(event.reason.refusal);
          return `Reconnecting was refused. ${what} ${next}`;
        }
      }
  }
}

function noticeIndonesian(event: NoticeEvent): string {
  switch (event.type) {
    case "joined":
      return `${event.name} bergabung ke ruang.`;
    case "left":
      return leftIndonesian(event.name, event.reason);
    case "gap":
      return `${
        formatCount("id", event.missedMessages)
      } pesan terlewat: server sudah tidak menyimpannya.`;
    case "unkept":
      return unkeptIndonesian(event.why);
    case "connection":
      switch (event.connection.state) {
        case "online":
          return "";
        case "unresponsive":
          return "Server tidak menjawab. Teruslah menulis: pesan disimpan di sini dan dikirim setelah server menjawab.";
        case "reconnecting":
          return event.connection.serverStopped
            ? "Server dihentikan. Ruang ini kembali sendiri setelah server berjalan lagi. Teruslah menulis: pesan disimpan di sini dan dikirim nanti."
            : "Koneksi terputus. Menghubungkan lagi. Teruslah menulis: pesan disimpan di sini dan dikirim nanti.";
      }
      break;
    case "ended":
      switch (event.reason.code) {
        case "quit":
          return "Anda keluar dari obrolan.";
        case "removed":
          return `Anda dikeluarkan dari ruang${
            inParentheses(event.reason.reason)
          }.`;
        case "kicked":
        case "banned":
          return decisionText("id", event.reason);
        case "refused": {
          const { what, next } = refusalIndonesian(event.reason.refusal);
          return `Gagal terhubung kembali. ${what} ${next}`;
        }
      }
  }
}

function unkeptEnglish(why: UnkeptReason): string {
  switch (why) {
    case "full":
      return "The disk of this computer is full: what waits for the server is lost if this program is killed. The chat goes on; make room.";
    case "unwritable":
      return "The data folder cannot be written: what waits for the server is lost if this program ends. The chat goes on.";
    case "inUse":
      return "This room is open in another window of yours, which keeps its messages: what waits in this one is lost if it ends.";
    case "newer":
      return "The messages kept here are of a newer version of this program, so they are left alone: what waits for the server is lost if this one ends.";
    case "damaged":
      return "The messages kept here are damaged, so they are left alone: what waits for the server is lost if this program ends. To start anew, delete the folder rooms in the data folder.";
  }
}

function unkeptIndonesian(why: UnkeptReason): string {
  switch (why) {
    case "full":
      return "Disk komputer ini penuh: yang menunggu server hilang bila program ini dimatikan. Obrolan berlanjut; kosongkan sebagian disk.";
    case "unwritable":
      return "Folder data tidak bisa ditulis: yang menunggu server hilang bila program ini berakhir. Obrolan berlanjut.";
    case "inUse":
      return "Ruang ini terbuka di jendela Anda yang lain, yang menyimpan pesannya: yang menunggu di sini hilang bila jendela ini ditutup.";
    case "newer":
      return "Pesan yang tersimpan di sini berasal dari versi program yang lebih baru, jadi dibiarkan: yang menunggu server hilang bila program ini berakhir.";
    case "damaged":
      return "Pesan yang tersimpan di sini rusak, jadi dibiarkan: yang menunggu server hilang bila program ini berakhir. Untuk mulai dari awal, hapus folder rooms di folder data.";
  }
}

function leftEnglish(name: string, reason: LeaveReason): string {
  switch (reason) {
    case "quit":
      return `${name} left the room.`;
    case "lost":
      return `${name} lost the connection.`;
    case "removed":
      return `${name} was removed from the room.`;
  }
}

function leftIndonesian(name: string, reason: LeaveReason): string {
  switch (reason) {
    case "quit":
      return `${name} keluar dari ruang.`;
    case "lost":
      return `Koneksi ${name} terputus.`;
    case "removed":
      return `${name} dikeluarkan dari ruang.`;
  }
}

function inParentheses(detail: string): string {
  return detail === "" ? "" : ` (${detail})`;
}

function seconds(count: number): string {
  return count === 1 ? "1 second" : `${count} seconds`;
}

function people(count: number): string {
  return count === 1 ? "1 person" : `${formatCount("en", count)} people`;
}
