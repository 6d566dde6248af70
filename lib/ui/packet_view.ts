/**
 * What happens to packets, one line each, for a class that watches a server
 * repair a bad network.
 *
 * @module
 */

import { formatCount, type Language } from "./strings.ts";
import { type TerminalStyle, terminalStyle } from "./terminal_style.ts";

/** What happened to packets. */
export type PacketHappening =
  | {
    readonly type: "sent";
    readonly packetNumber: number;
    readonly bytes: number;
    /** Bytes in it that were sent before. */
    readonly repeatedBytes: number;
    /** Whether it only confirms, and is not confirmed itself. */
    readonly confirmsOnly: boolean;
  }
  | {
    readonly type: "confirmed";
    readonly first: number;
    readonly last: number;
    readonly count: number;
    readonly rttUs: number;
    readonly windowBytes: number;
  }
  | {
    readonly type: "lost";
    readonly packetNumber: number;
    /** Whether something in it is sent again. */
    readonly isRepeated: boolean;
  }
  | { readonly type: "late"; readonly packetNumber: number }
  | { readonly type: "dropped"; readonly isDuplicate: boolean }
  | { readonly type: "unanswered"; readonly count: number }
  | { readonly type: "moved"; readonly to: string };

/** When, and between this computer and which other. */
export type PacketNotice = PacketHappening & {
  /** Since the program's start. */
  readonly timeUs: number;
  /** The other's address and port. */
  readonly peer: string;
};

/** What the view needs. */
export interface PacketViewOptions {
  /** Takes lines with their line breaks. */
  readonly write: (text: string) => void;
  /** The language to speak. */
  readonly language: Language;
  /** Whether the output is a terminal and wants colors. */
  readonly colors: boolean;
}

/** More lines a second nobody reads, and writing them would slow the server down. */
export const MAX_PACKET_LINES_PER_SECOND = 20;

const US_PER_SECOND = 1_000_000;

/** Writes what happens to packets. */
export class PacketView {
  readonly #options: PacketViewOptions;
  readonly #style: TerminalStyle;
  readonly #strings: PacketStrings;
  #second = -1;
  #lines = 0;
  /** What was not shown in that second. */
  #hidden = 0;
  #hiddenLosses = 0;

  /**
   * Starts with nothing written.
   *
   * @param options What it needs.
   */
  constructor(options: PacketViewOptions) {
    this.#options = options;
    this.#style = terminalStyle(options.colors);
    this.#strings = options.language === "id" ? INDONESIAN : ENGLISH;
  }

  /** Shows a notice, if there is room in its second. */
  handleNotice(notice: PacketNotice): void {
    const second = Math.floor(notice.timeUs / US_PER_SECOND);
    if (second !== this.#second) this.#startSecond(second);
    if (this.#lines++ < MAX_PACKET_LINES_PER_SECOND) {
      this.#options.write(this.#line(notice) + "\n");
      return;
    }
    this.#hidden++;
    if (notice.type === "lost") this.#hiddenLosses++;
  }

  #startSecond(second: number): void {
    if (this.#hidden > 0) {
      const text = this.#strings.hidden(
        this.#count(this.#hidden),
        this.#count(this.#hiddenLosses),
      );
      this.#options.write(this.#style.quiet(`${INDENT}… ${text}`) + "\n");
    }
    this.#second = second;
    this.#lines = 0;
    this.#hidden = 0;
    this.#hiddenLosses = 0;
  }

  #line(notice: PacketNotice): string {
    const { mark, text, show } = this.#words(notice);
    const seconds = (notice.timeUs / US_PER_SECOND).toFixed(3).padStart(9);
    return show(`${seconds} ${mark} ${notice.peer}  ${text}`);
  }

  #words(
    notice: PacketNotice,
  ): { mark: string; text: string; show: (text: string) => string } {
    const strings = this.#strings;
    const { quiet, strong, warning } = this.#style;
    switch (notice.type) {
      case "sent": {
        const { packetNumber, bytes, repeatedBytes, confirmsOnly } = notice;
        const sent = strings.sent(packetNumber, this.#count(bytes));
        if (repeatedBytes > 0) {
          const again = strings.again(this.#count(repeatedBytes));
          return { mark: "→", text: sent + again, show: strong };
        }
        const text = confirmsOnly ? sent + strings.confirmsOnly : sent;
        return { mark: "→", text, show: quiet };
      }
      case "confirmed":
        return {
          mark: "←",
          text: strings.confirmed({
            ...notice,
            rtt: milliseconds(notice.rttUs, this.#options.language),
            window: this.#count(notice.windowBytes),
          }),
          show: quiet,
        };
      case "lost":
        return {
          mark: "✗",
          text: strings.lost(notice.packetNumber) +
            (notice.isRepeated ? strings.isRepeated : ""),
          show: warning,
        };
      case "late":
        return {
          mark: "!",
          text: strings.late(notice.packetNumber),
          show: warning,
        };
      case "dropped":
        return {
          mark: "!",
          text: notice.isDuplicate ? strings.duplicate : strings.damaged,
          show: warning,
        };
      case "unanswered":
        return {
          mark: "?",
          text: strings.unanswered(notice.count),
          show: warning,
        };
      case "moved":
        return { mark: "⇄", text: strings.moved(notice.to), show: strong };
    }
  }

  #count(count: number): string {
    return formatCount(this.#options.language, count);
  }
}

/** As wide as the time. */
const INDENT = " ".repeat(10);

/** What the view says in one language. */
interface PacketStrings {
  sent(packetNumber: number, bytes: string): string;
  again(bytes: string): string;
  readonly confirmsOnly: string;
  confirmed(
    range: {
      first: number;
      last: number;
      count: number;
      rtt: string;
      window: string;
    },
  ): string;
  lost(packetNumber: number): string;
  readonly isRepeated: string;
  late(packetNumber: number): string;
  readonly duplicate: string;
  readonly damaged: string;
  unanswered(count: number): string;
  moved(to: string): string;
  hidden(count: string, losses: string): string;
}

const ENGLISH: PacketStrings = {
  sent: (packetNumber, bytes) => `packet ${packetNumber} sent, ${bytes} bytes`,
  again: (bytes) => `: repeats ${bytes} bytes`,
  confirmsOnly: ", only confirms",
  confirmed: ({ first, last, count, rtt, window }) =>
    `${
      first === last ? `packet ${first}` : range("packets", first, last, count)
    } confirmed; round trip ${rtt}, window ${window} bytes`,
  lost: (packetNumber) => `packet ${packetNumber} is lost`,
  isRepeated: "; what it carried goes out again",
  late: (packetNumber) => `packet ${packetNumber} was not lost, only late`,
  duplicate: "a packet came twice; the copy is dropped",
  damaged: "a packet came damaged, or is forged; it is dropped",
  unanswered: (count) =>
    `no answer for too long${
      count > 1 ? ` (${count} times in a row)` : ""
    }; asks again`,
  moved: (to) => `is now at ${to}; the connection goes on`,
  hidden: (count, losses) =>
    `${count} more in that second are not shown, ${losses} of them losses`,
};

const INDONESIAN: PacketStrings = {
  sent: (packetNumber, bytes) => `paket ${packetNumber} dikirim, ${bytes} bita`,
  again: (bytes) => `: mengulang ${bytes} bita`,
  confirmsOnly: ", hanya konfirmasi",
  confirmed: ({ first, last, count, rtt, window }) =>
    `${
      first === last ? `paket ${first}` : range("paket", first, last, count)
    } sampai; pulang-pergi ${rtt}, jendela ${window} bita`,
  lost: (packetNumber) => `paket ${packetNumber} hilang`,
  isRepeated: "; isinya dikirim lagi",
  late: (packetNumber) =>
    `paket ${packetNumber} ternyata tidak hilang, hanya terlambat`,
  duplicate: "satu paket datang dua kali; salinannya dibuang",
  damaged: "satu paket rusak atau palsu; dibuang",
  unanswered: (count) =>
    `terlalu lama tanpa jawaban${
      count > 1 ? ` (${count} kali berturut-turut)` : ""
    }; bertanya lagi`,
  moved: (to) => `kini di ${to}; koneksi berlanjut`,
  hidden: (count, losses) =>
    `${count} lagi di detik itu tidak ditampilkan, ${losses} di antaranya hilang`,
};

function range(
  word: string,
  first: number,
  last: number,
  count: number,
): string {
  const span = `${word} ${first}–${last}`;
  return count === last - first + 1 ? span : `${span} (${count})`;
}

function milliseconds(us: number, language: Language): string {
  const ms = us / 1_000;
  const locale = language === "id" ? "id-ID" : "en-GB";
  const digits = ms < 10 ? 1 : 0;
  return `${ms.toLocaleString(locale, { maximumFractionDigits: digits })} ms`;
}
