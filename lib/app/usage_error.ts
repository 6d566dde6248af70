/**
 * What can be wrong with the options, settings and files a program was started
 * with, and how to say it. Password values never get in here.
 *
 * @module
 */

import type { Language } from "../ui/strings.ts";
import { printableText } from "../ui/printable_text.ts";

/** What is wrong. `source` names the option, variable or key as it is typed. */
export type UsageProblem =
  | { readonly type: "unknownOption"; readonly option: string }
  | { readonly type: "passwordOption" }
  | { readonly type: "missingValue"; readonly option: string }
  | { readonly type: "unexpectedValue"; readonly option: string }
  | { readonly type: "extraArgument"; readonly given: string }
  | {
    readonly type: "notWholeNumber";
    readonly source: string;
    readonly given: string;
    readonly min: number;
    readonly max: number;
  }
  | {
    readonly type: "notOneOf";
    readonly source: string;
    readonly given: string;
    readonly allowed: readonly string[];
  }
  | {
    readonly type: "simulatePart";
    readonly source: string;
    readonly given: string;
    readonly form: string;
  }
  | {
    readonly type: "notHost";
    readonly source: string;
    readonly given: string;
  }
  | {
    readonly type: "portInHost";
    readonly given: string;
    readonly port: number;
  }
  | {
    readonly type: "together";
    readonly first: string;
    readonly second: string;
  }
  | { readonly type: "task"; readonly problem: TaskProblem }
  | { readonly type: "noDataDir" }
  | {
    readonly type: "dataDirUnusable";
    readonly path: string;
    readonly reason: string;
  }
  | { readonly type: "notJson"; readonly path: string; readonly at: string }
  | {
    readonly type: "unknownKey";
    readonly path: string;
    /** Undefined if it is too strange to be shown. */
    readonly key: string | undefined;
    /** Where it is. */
    readonly section: string;
    readonly allowed: readonly string[];
  }
  | {
    readonly type: "wrongKind";
    readonly path: string;
    readonly key: string;
    readonly expected: ConfigKind;
  }
  | {
    readonly type: "traceUnusable";
    readonly path: string;
    readonly reason: string;
  }
  | { readonly type: "noSuchFile"; readonly path: string }
  | {
    readonly type: "unreadable";
    readonly path: string;
    readonly reason: string;
  }
  | { readonly type: "passwordEmpty"; readonly source: string }
  | { readonly type: "passwordLines"; readonly source: string }
  | {
    readonly type: "passwordTooLong";
    readonly source: string;
    readonly max: number;
  };

/** What is wrong with a task, such as `gas-client send` or `gas-server export`. */
export type TaskProblem =
  | { readonly type: "missingText" }
  | {
    readonly type: "missing";
    readonly task: "pipe" | "send" | "tail";
    readonly missing: readonly string[];
  }
  | { readonly type: "missingFile"; readonly command: string }
  | { readonly type: "missingName" }
  | { readonly type: "exportFormat"; readonly given: string }
  | {
    readonly type: "onlyWith";
    readonly option: string;
    readonly command: string;
  }
  /** A person chooses that while chatting. */
  | { readonly type: "onlyInScript"; readonly option: string };

/** What a key of the config file may hold. */
export type ConfigKind = "text" | "object" | "yesNo";

/** Carries a problem from where it is found to where it is said. */
export class UsageError extends Error {
  /** The name errors of this class print. */
  override readonly name = "UsageError";
  /** What is wrong. */
  readonly problem: UsageProblem;

  /**
   * Wraps a problem.
   *
   * @param problem What is wrong.
   */
  constructor(problem: UsageProblem) {
    super(problem.type);
    this.problem = problem;
  }
}

/** More of a wrong value says nothing more about what is wrong with it. */
const MAX_QUOTED_CHARACTERS = 60;

/**
 * Says what is wrong: what was given and what is allowed.
 *
 * @param language The language to say it in.
 * @param problem What is wrong.
 * @returns One or two sentences on one line.
 */
export function usageText(language: Language, problem: UsageProblem): string {
  return printableText(
    language === "id" ? usageIndonesian(problem) : usageEnglish(problem),
  );
}

/**
 * Says that others can read a file with a password in it.
 *
 * @param language The language to say it in.
 * @param path The file.
 * @returns What is wrong and what to do, on one line.
 */
export function exposedFileText(language: Language, path: string): string {
  return printableText(
    language === "id"
      ? `${path} berisi password dan bisa dibaca pengguna lain di komputer ini. Tutup aksesnya: chmod 600 ${path}`
      : `${path} holds a password, and other users of this computer can read it. Make it private: chmod 600 ${path}`,
  );
}

function usageEnglish(problem: UsageProblem): string {
  switch (problem.type) {
    case "unknownOption":
      return `There is no option ${quote(problem.option)}.`;
    case "passwordOption":
      return "There is no option --password: everybody on this computer could read it in the process list. Put the password in a file and name it with --password-file FILE, or set GAS_PASSWORD.";
    case "missingValue":
      return `${problem.option} needs a value. One that begins with "-" is written ${problem.option}=VALUE.`;
    case "unexpectedValue":
      return `${problem.option} takes no value.`;
    case "extraArgument":
      return `${quote(problem.given)} is one argument too many.`;
    case "notWholeNumber":
      return `${problem.source} is ${
        quote(problem.given)
      }, but must be a whole number from ${problem.min} to ${problem.max}.`;
    case "notOneOf":
      return `${problem.source} is ${quote(problem.given)}, but must be ${
        problem.allowed.join(" or ")
      }.`;
    case "simulatePart":
      return `${problem.source} has ${
        quote(problem.given)
      }, but takes ${problem.form}, each key once.`;
    case "notHost":
      return `${problem.source} is ${
        quote(problem.given)
      }, but must be a host name or an IP address, such as 192.168.1.20.`;
    case "portInHost":
      return `HOST is ${
        quote(problem.given)
      }, but must be an address of this computer. Give the port as: -p ${problem.port}`;
    case "together":
      return `${problem.first} and ${problem.second} cannot be used together.`;
    case "task":
      return taskEnglish(problem.problem);
    case "noDataDir":
      return "There is no home folder to keep data in. Name a folder with --data DIR.";
    case "dataDirUnusable":
      return `The data folder ${problem.path} cannot be used: ${problem.reason}. Name another with --data DIR.`;
    case "notJson":
      return `${problem.path} is not valid JSON${problem.at}.`;
    case "unknownKey":
      return `${problem.path}: ${
        problem.key === undefined
          ? `a key in ${problem.section} does not exist`
          : `there is no key ${quote(problem.key)}`
      }. Allowed here: ${problem.allowed.join(", ")}.`;
    case "wrongKind":
      return `${problem.path}: ${problem.key} must be ${
        ENGLISH_KINDS[problem.expected]
      }.`;
    case "traceUnusable":
      return `No trace can be written to ${problem.path}: ${problem.reason}.`;
    case "noSuchFile":
      return `There is no file ${problem.path}.`;
    case "unreadable":
      return `${problem.path} cannot be read: ${problem.reason}.`;
    case "passwordEmpty":
      return `${problem.source} holds no password.`;
    case "passwordLines":
      return `${problem.source} must hold one line of text, the password.`;
    case "passwordTooLong":
      return `The password in ${problem.source} is too long: at most ${problem.max} characters.`;
  }
}

function usageIndonesian(problem: UsageProblem): string {
  switch (problem.type) {
    case "unknownOption":
      return `Tidak ada opsi ${quote(problem.option)}.`;
    case "passwordOption":
      return "Tidak ada opsi --password: semua pengguna komputer ini bisa membacanya di daftar proses. Simpan password dalam berkas dan sebutkan dengan --password-file FILE, atau isi GAS_PASSWORD.";
    case "missingValue":
      return `${problem.option} perlu nilai. Nilai yang diawali "-" ditulis ${problem.option}=NILAI.`;
    case "unexpectedValue":
      return `${problem.option} tidak menerima nilai.`;
    case "extraArgument":
      return `${quote(problem.given)} kelebihan satu argumen.`;
    case "notWholeNumber":
      return `${problem.source} berisi ${
        quote(problem.given)
      }, padahal harus bilangan bulat dari ${problem.min} sampai ${problem.max}.`;
    case "notOneOf":
      return `${problem.source} berisi ${quote(problem.given)}, padahal harus ${
        problem.allowed.join(" atau ")
      }.`;
    case "simulatePart":
      return `${problem.source} berisi ${
        quote(problem.given)
      }, padahal harus ${problem.form}, tiap kunci sekali.`;
    case "notHost":
      return `${problem.source} berisi ${
        quote(problem.given)
      }, padahal harus nama host atau alamat IP, misalnya 192.168.1.20.`;
    case "portInHost":
      return `HOST berisi ${
        quote(problem.given)
      }, padahal harus alamat komputer ini. Tulis port-nya begini: -p ${problem.port}`;
    case "together":
      return `${problem.first} dan ${problem.second} tidak bisa dipakai bersama.`;
    case "task":
      return taskIndonesian(problem.problem);
    case "noDataDir":
      return "Tidak ada folder home untuk menyimpan data. Sebutkan folder dengan --data DIR.";
    case "dataDirUnusable":
      return `Folder data ${problem.path} tidak bisa dipakai: ${problem.reason}. Sebutkan folder lain dengan --data DIR.`;
    case "notJson":
      return `${problem.path} bukan JSON yang sah${problem.at}.`;
    case "unknownKey":
      return `${problem.path}: ${
        problem.key === undefined
          ? `sebuah kunci di ${problem.section} tidak ada`
          : `tidak ada kunci ${quote(problem.key)}`
      }. Yang boleh di sini: ${problem.allowed.join(", ")}.`;
    case "wrongKind":
      return `${problem.path}: ${problem.key} harus ${
        INDONESIAN_KINDS[problem.expected]
      }.`;
    case "traceUnusable":
      return `Jejak tidak bisa ditulis ke ${problem.path}: ${problem.reason}.`;
    case "noSuchFile":
      return `Tidak ada berkas ${problem.path}.`;
    case "unreadable":
      return `${problem.path} tidak bisa dibaca: ${problem.reason}.`;
    case "passwordEmpty":
      return `${problem.source} tidak berisi password.`;
    case "passwordLines":
      return `${problem.source} harus berisi satu baris teks, yaitu password.`;
    case "passwordTooLong":
      return `Password di ${problem.source} terlalu panjang: paling banyak ${problem.max} karakter.`;
  }
}

function taskEnglish(problem: TaskProblem): string {
  switch (problem.type) {
    case "missingText":
      return "send needs a text: gas-client send TEXT, or - for what comes on standard input. A server that is called send is reached as send:8080.";
    case "missing": {
      const where = problem.task === "pipe"
        ? "In a pipe nothing is asked"
        : `${problem.task} asks nothing`;
      return `${where}. Give ${problem.missing.join(" and ")}.`;
    }
    case "missingFile":
      return `${problem.command} needs a file: gas-server ${problem.command} FILE`;
    case "missingName":
      return "owner needs a name: gas-server owner NAME";
    case "exportFormat":
      return `export writes to a file that ends in .jsonl or .html, or to standard output with -, not to ${
        quote(problem.given)
      }.`;
    case "onlyWith":
      return `${problem.option} goes only with ${problem.command}.`;
    case "onlyInScript":
      return `${problem.option} goes only with gas-client send, gas-client tail, or in a pipe.`;
  }
}

function taskIndonesian(problem: TaskProblem): string {
  switch (problem.type) {
    case "missingText":
      return "send perlu teks: gas-client send TEKS, atau - untuk isi masukan standar. Server yang bernama send dituju dengan send:8080.";
    case "missing": {
      const where = problem.task === "pipe"
        ? "Dalam pipa tidak ada pertanyaan"
        : `${problem.task} tidak bertanya`;
      return `${where}. Berikan ${problem.missing.join(" dan ")}.`;
    }
    case "missingFile":
      return `${problem.command} perlu berkas: gas-server ${problem.command} FILE`;
    case "missingName":
      return "owner perlu nama: gas-server owner NAMA";
    case "exportFormat":
      return `export menulis ke berkas yang berakhiran .jsonl atau .html, atau ke keluaran standar dengan -, bukan ke ${
        quote(problem.given)
      }.`;
    case "onlyWith":
      return `${problem.option} hanya untuk ${problem.command}.`;
    case "onlyInScript":
      return `${problem.option} hanya untuk gas-client send, gas-client tail, atau dalam pipa.`;
  }
}

const ENGLISH_KINDS: Readonly<Record<ConfigKind, string>> = {
  text: "text",
  object: "an object",
  yesNo: "true or false",
};

const INDONESIAN_KINDS: Readonly<Record<ConfigKind, string>> = {
  text: "teks",
  object: "objek",
  yesNo: "true atau false",
};

function quote(given: string): string {
  const characters = [...given];
  const shown = characters.length > MAX_QUOTED_CHARACTERS
    ? characters.slice(0, MAX_QUOTED_CHARACTERS).join("") + "…"
    : given;
  return `"${shown}"`;
}
