/**
 * The words only the page uses, in both languages. What all faces say is in
 * `lib/ui/strings.ts`.
 *
 * @module
 */

import type { RoomKind } from "../../chat/room_kind.ts";
import { formatCount, type Language } from "../strings.ts";

/** For whom something is written. */
export interface Addressee {
  readonly kind: RoomKind;
  /** The room's name; of a direct talk the other's. */
  readonly room: string;
}

/** The page's labels, hints and titles. */
export interface PageStrings {
  /** Under the product's name on the login page. */
  readonly tagline: string;
  /** Three short promises on the login page. */
  readonly promises: readonly string[];
  /** While nothing is known yet. */
  readonly starting: string;
  /** Heading of the login form. */
  readonly loginTitle: string;
  /** Label of the server's address. */
  readonly server: string;
  /** What an address looks like. */
  readonly serverHint: string;
  /** Label of the server's port. */
  readonly port: string;
  /** Label of the user's name. */
  readonly name: string;
  /** Label of the password. */
  readonly password: string;
  /** Where the password comes from. */
  readonly passwordHint: string;
  /** Makes the password readable. */
  readonly show: string;
  /** Hides the password. */
  readonly hide: string;
  /** Says the whole of `show` to a screen reader. */
  readonly showPassword: string;
  /** Starts the login. */
  readonly connect: string;
  /** Gives the login up. */
  readonly cancel: string;
  /** While no server has answered. */
  readonly connecting: string;
  /** While the password is checked. */
  readonly authenticating: string;
  /** The address is missing. */
  readonly serverMissing: string;
  /** The port is no port. */
  readonly portInvalid: string;
  /** The name is missing. */
  readonly nameMissing: string;
  /** The password is missing. */
  readonly passwordMissing: string;
  /** Before the fingerprint this computer remembers. */
  readonly pinnedKey: string;
  /** Before the fingerprint the server shows now. */
  readonly presentedKey: string;
  /** The check before a new key may be trusted. */
  readonly keyCompared: string;
  /** Trusts the new key and logs in. */
  readonly trustKey: string;
  /** Name of the list of messages. */
  readonly messages: string;
  /** Heading of the member list. */
  readonly people: string;
  /** Marks the own name. */
  readonly you: string;
  /** Short mark of a room with the default password. */
  readonly openRoom: string;
  /** What an open room means. */
  readonly openRoomMeaning: string;
  /** Opens what is known about room and server. */
  readonly aboutRoom: string;
  /** Before the server's fingerprint. */
  readonly fingerprint: string;
  /** How to use the fingerprint. */
  readonly fingerprintUse: string;
  /** Leaves all rooms: ends the program. */
  readonly leave: string;
  /** The other language, in its own words. */
  readonly otherLanguage: string;
  /** Label of the input. */
  readonly message: string;
  /** In the empty input: who will read it. */
  readonly placeholder: (to: Addressee) => string;
  /** The keys of the input. */
  readonly composerHint: string;
  /** Names the list of what the line can go on with. */
  readonly suggestions: string;
  /** Sends the message. */
  readonly send: string;
  /** Why nothing can be sent after the session's end. */
  readonly sendEnded: string;
  /** Undoes a paste that is too long to be edited. */
  readonly takeBackPaste: string;
  /** Takes a refused message back into the input. */
  readonly takeBack: string;
  /** An own message that was still waiting when the session ended. */
  readonly unsent: string;
  /** Stands for the text of a message that was removed. */
  readonly removed: string;
  /** Marks a message whose text was changed. */
  readonly edited: string;
  /** Marks a pinned message. */
  readonly pinned: string;
  /** Stands above an announcement. */
  readonly announcement: string;
  /** Says how many have acknowledged it. */
  readonly acknowledgedBy: (count: number) => string;
  /** Says that one has seen it. */
  readonly acknowledge: string;
  /** Shows who has. */
  readonly roll: string;
  /** Keeps that as a file. */
  readonly saveCsv: string;
  /** Shows who has an own message. */
  readonly whoHasRead: string;
  /** Stands above what was not read yet. */
  readonly newMessages: string;
  /** Stands for an answered message that is not in the list. */
  readonly olderMessage: string;
  /** Opens what can be done with a message. */
  readonly actions: string;
  /** Answers a message. */
  readonly reply: string;
  /** Changes an own message. */
  readonly edit: string;
  /** Removes an own message. */
  readonly remove: string;
  /** Removes it, when asked a second time. */
  readonly removeSurely: string;
  /** Pins a message. */
  readonly pin: string;
  /** Takes a message's pin off. */
  readonly unpin: string;
  /** Above the oldest message shown. */
  readonly trimmed: string;
  /** Between the history and what was written since. */
  readonly arrival: string;
  /** The room is empty of messages. */
  readonly empty: string;
  /** Day separator of this day. */
  readonly today: string;
  /** Day separator of the day before. */
  readonly yesterday: string;
  /** Opens the login form after a session's end. */
  readonly loginAgain: string;
  /** Heading after leaving. */
  readonly leftTitle: string;
  /** What to do after leaving. */
  readonly leftNext: string;
  /** Heading when another page shows the room. */
  readonly takenOverTitle: string;
  /** What that means. */
  readonly takenOverNext: string;
  /** Brings the room to this page. */
  readonly useHere: string;
  /** Heading when the program is gone. */
  readonly goneTitle: string;
  /** What to do then. */
  readonly goneNext: string;
  /** Tries to reach the program again. */
  readonly tryAgain: string;
}

/** The page's words by language. */
export const PAGE_STRINGS: Readonly<Record<Language, PageStrings>> = {
  en: {
    tagline: "Everyone on this network, one chat.",
    promises: [
      "No account, no internet",
      "Encrypted all the way to the server",
      "Every message once, in order",
    ],
    starting: "Starting…",
    loginTitle: "Come in",
    server: "Server",
    serverHint: "Name or address of the server’s computer",
    port: "Port",
    name: "Your name",
    password: "Password",
    passwordHint: "The room’s password. A server just set up uses GAS1.",
    show: "Show",
    hide: "Hide",
    showPassword: "Show password",
    connect: "Connect",
    cancel: "Cancel",
    connecting: "Looking for the server…",
    authenticating: "Checking the password…",
    serverMissing: "Type the server’s name or address.",
    portInvalid: "A port is a number from 1 to 65535.",
    nameMissing: "Type the name the others shall see.",
    passwordMissing: "Type the room’s password.",
    pinnedKey: "Fingerprint known here",
    presentedKey: "Fingerprint it shows now",
    keyCompared:
      "I compared the new fingerprint with the one the server prints.",
    trustKey: "Trust the new key and connect",
    messages: "Messages",
    people: "People",
    you: "you",
    openRoom: "Open room",
    openRoomMeaning:
      "The password is still the public default. Anyone on this network can come in; treat the room as a public place.",
    aboutRoom: "About this room",
    fingerprint: "Fingerprint",
    fingerprintUse:
      "The server prints the same. Compare them aloud to be sure who is at the other end.",
    leave: "Leave the chat",
    otherLanguage: "Bahasa Indonesia",
    message: "Message",
    placeholder: ({ kind, room }) =>
      kind === "public" ? "Write to everyone…" : `Write to ${room}…`,
    composerHint:
      "Enter sends, Shift+Enter starts a new line, /help lists commands, QUIT leaves.",
    suggestions: "Suggestions",
    send: "Send",
    sendEnded: "The session is over. Log in again to send this.",
    takeBackPaste: "Take the paste back",
    takeBack: "Edit again",
    unsent: "Not sent",
    removed: "Removed",
    edited: "edited",
    pinned: "pinned",
    announcement: "Announcement",
    acknowledgedBy: (count) => `Acknowledged by ${formatCount("en", count)}`,
    acknowledge: "Acknowledge",
    roll: "Roll",
    saveCsv: "Save CSV",
    whoHasRead: "Who has read it",
    newMessages: "New messages",
    olderMessage: "an older message",
    actions: "What to do with this message",
    reply: "Reply",
    edit: "Edit",
    remove: "Remove",
    removeSurely: "Remove for everybody",
    pin: "Pin",
    unpin: "Unpin",
    trimmed: "Older messages are no longer shown here.",
    arrival: "You came in here",
    empty: "Nothing said yet. Say hello.",
    today: "Today",
    yesterday: "Yesterday",
    loginAgain: "Log in again",
    leftTitle: "You left the chat.",
    leftNext: "You can close this page.",
    takenOverTitle: "The chat is open in another tab.",
    takenOverNext: "It can be in one place at a time.",
    useHere: "Use it here",
    goneTitle: "The program has ended.",
    goneNext:
      "This page only shows what gas-client does. Start gas-client again; it opens a new page.",
    tryAgain: "Try again",
  },
  id: {
    tagline: "Semua orang di jaringan ini, satu obrolan.",
    promises: [
      "Tanpa akun, tanpa internet",
      "Terenkripsi sampai di server",
      "Setiap pesan sekali, berurutan",
    ],
    starting: "Memulai…",
    loginTitle: "Silakan masuk",
    server: "Server",
    serverHint: "Nama atau alamat komputer server",
    port: "Port",
    name: "Nama Anda",
    password: "Password",
    passwordHint: "Password ruang. Server yang baru dipasang memakai GAS1.",
    show: "Lihat",
    hide: "Tutup",
    showPassword: "Lihat password",
    connect: "Hubungkan",
    cancel: "Batal",
    connecting: "Mencari server…",
    authenticating: "Memeriksa password…",
    serverMissing: "Ketik nama atau alamat server.",
    portInvalid: "Port adalah angka dari 1 sampai 65535.",
    nameMissing: "Ketik nama yang akan dilihat orang lain.",
    passwordMissing: "Ketik password ruang.",
    pinnedKey: "Sidik jari yang dikenal di sini",
    presentedKey: "Sidik jari yang ditunjukkan sekarang",
    keyCompared:
      "Saya sudah mencocokkan sidik jari baru dengan yang dicetak server.",
    trustKey: "Percayai kunci baru dan hubungkan",
    messages: "Pesan",
    people: "Orang",
    you: "Anda",
    openRoom: "Ruang terbuka",
    openRoomMeaning:
      "Password masih bawaan dan diketahui umum. Siapa pun di jaringan ini bisa masuk; anggap ruang ini tempat umum.",
    aboutRoom: "Tentang ruang ini",
    fingerprint: "Sidik jari",
    fingerprintUse:
      "Server mencetak sidik jari yang sama. Cocokkan dengan suara untuk memastikan siapa di seberang.",
    leave: "Keluar dari obrolan",
    otherLanguage: "English",
    message: "Pesan",
    placeholder: ({ kind, room }) =>
      kind === "public" ? "Tulis kepada semua…" : `Tulis kepada ${room}…`,
    composerHint:
      "Enter mengirim, Shift+Enter membuat baris baru, /help menampilkan perintah, QUIT keluar.",
    suggestions: "Saran",
    send: "Kirim",
    sendEnded: "Sesi sudah berakhir. Masuk lagi untuk mengirim ini.",
    takeBackPaste: "Batalkan tempelan",
    takeBack: "Ubah lagi",
    unsent: "Tidak terkirim",
    removed: "Dihapus",
    edited: "diubah",
    pinned: "disematkan",
    announcement: "Pengumuman",
    acknowledgedBy: (count) => `Sudah dibaca ${formatCount("id", count)} orang`,
    acknowledge: "Sudah saya baca",
    roll: "Daftar pembaca",
    saveCsv: "Simpan CSV",
    whoHasRead: "Siapa yang membaca",
    newMessages: "Pesan baru",
    olderMessage: "pesan yang lebih lama",
    actions: "Tindakan untuk pesan ini",
    reply: "Jawab",
    edit: "Ubah",
    remove: "Hapus",
    removeSurely: "Hapus bagi semua orang",
    pin: "Sematkan",
    unpin: "Lepas sematan",
    trimmed: "Pesan yang lebih lama tidak ditampilkan lagi di sini.",
    arrival: "Anda masuk di sini",
    empty: "Belum ada pesan. Sapa semua orang.",
    today: "Hari ini",
    yesterday: "Kemarin",
    loginAgain: "Masuk lagi",
    leftTitle: "Anda keluar dari obrolan.",
    leftNext: "Halaman ini boleh ditutup.",
    takenOverTitle: "Obrolan terbuka di tab lain.",
    takenOverNext: "Obrolan hanya bisa berada di satu tempat.",
    useHere: "Pakai di sini",
    goneTitle: "Program sudah berakhir.",
    goneNext:
      "Halaman ini hanya menampilkan gas-client. Jalankan gas-client lagi; halaman baru akan terbuka.",
    tryAgain: "Coba lagi",
  },
};

/**
 * Says how many people are in the room.
 *
 * @param language The language to say it in.
 * @param count How many, oneself included.
 * @returns For example `3 people`.
 */
export function peopleText(language: Language, count: number): string {
  if (language === "id") return `${formatCount(language, count)} orang`;
  return count === 1 ? "1 person" : `${formatCount(language, count)} people`;
}

/**
 * Labels the button that scrolls to what came meanwhile.
 *
 * @param language The language to say it in.
 * @param count How many messages came.
 * @returns For example `3 new messages`.
 */
export function newMessagesText(language: Language, count: number): string {
  if (language === "id") return `${formatCount(language, count)} pesan baru`;
  return count === 1
    ? "1 new message"
    : `${formatCount(language, count)} new messages`;
}

/**
 * Says how many more characters fit.
 *
 * @param language The language to say it in.
 * @param count Characters left, at least zero.
 * @returns For example `120 characters left`.
 */
export function charactersLeftText(language: Language, count: number): string {
  if (language === "id") return `sisa ${formatCount(language, count)} karakter`;
  return count === 1
    ? "1 character left"
    : `${formatCount(language, count)} characters left`;
}

/**
 * Says how many suggestions there are, and which keys are for them.
 *
 * @param language The language to say it in.
 * @param count How many, at least one.
 * @returns One sentence.
 */
export function suggestionsText(language: Language, count: number): string {
  if (language === "id") {
    return `${
      formatCount(language, count)
    } saran: panah memilih, Tab mengambil, Esc menutup.`;
  }
  const what = count === 1
    ? "1 suggestion"
    : `${formatCount(language, count)} suggestions`;
  return `${what}: arrows choose, Tab takes, Escape closes.`;
}

/**
 * Labels the button that cuts a draft to what can be sent.
 *
 * @param language The language to say it in.
 * @param limit Longest message in characters.
 * @returns For example `Keep the first 4,000 characters`.
 */
export function shortenText(language: Language, limit: number): string {
  const count = formatCount(language, limit);
  return language === "id"
    ? `Pakai ${count} karakter pertama`
    : `Keep the first ${count} characters`;
}
