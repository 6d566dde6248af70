import type { Language } from "../ui/strings.ts";
import type { WindowUnavailable } from "../ui/window_unavailable.ts";

/** Why a program could not start, or go on as asked. */
export type ProgramProblem =
  | { readonly type: "portInUse"; readonly port: number }
  | { readonly type: "hostNotHere"; readonly host: string }
  | {
    readonly type: "damagedFile";
    readonly path: string;
    readonly damage: string;
  }
  | { readonly type: "window"; readonly reason: WindowUnavailable }
  /** Our secrets lay open; they are private now. */
  | { readonly type: "secretsExposed"; readonly path: string }
  /** The trace cannot be written any more. */
  | {
    readonly type: "traceStopped";
    readonly path: string;
    readonly reason: string;
  }
  | { readonly type: "internal" };

/**
 * Says what happened and what to do next, in one or a few lines.
 *
 * @param language The language.
 * @param problem What happened.
 */
export function problemText(
  language: Language,
  problem: ProgramProblem,
): string {
  const isEnglish = language === "en";
  switch (problem.type) {
    case "portInUse":
      return isEnglish
        ? `UDP port ${problem.port} is used by another program, perhaps by a server that runs already.\n` +
          `End that program, or choose another port: gas-server -p ${
            problem.port + 1
          }`
        : `UDP port ${problem.port} dipakai program lain, mungkin oleh server yang sudah berjalan.\n` +
          `Hentikan program itu, atau pilih port lain: gas-server -p ${
            problem.port + 1
          }`;
    case "hostNotHere":
      return isEnglish
        ? `${problem.host} is not an address of this computer.\n` +
          "Leave the address out: gas-server then listens on every network."
        : `${problem.host} bukan alamat komputer ini.\n` +
          "Jangan tulis alamatnya: gas-server akan mendengarkan di semua jaringan.";
    case "damagedFile":
      return isEnglish
        ? `${problem.path} cannot be used: ${problem.damage}.\n` +
          "Nothing was changed. Restore the file from a copy, or move it away to start with a new one."
        : `${problem.path} tidak dapat dipakai: ${problem.damage}.\n` +
          "Tidak ada yang diubah. Pulihkan dari salinan, atau pindahkan untuk mulai dengan yang baru.";
    case "window":
      return windowText(language, problem.reason);
    case "secretsExposed":
      return isEnglish
        ? `Other users of this computer could read ${problem.path} until now; it is private again.\n` +
          "If you do not trust them, delete it: the server then makes new keys, which guests must accept."
        : `Sampai sekarang pengguna lain komputer ini dapat membaca ${problem.path}; kini berkas itu tertutup lagi.\n` +
          "Jika Anda tidak memercayai mereka, hapus berkas itu: server akan membuat kunci baru, yang harus diterima para tamu.";
    case "traceStopped":
      return isEnglish
        ? `The trace ${problem.path} ends here: ${problem.reason}. The chat goes on.`
        : `Jejak ${problem.path} berakhir di sini: ${problem.reason}. Obrolan berlanjut.`;
    case "internal":
      return isEnglish
        ? "An error inside this program; it goes on. Please report it."
        : "Kesalahan di dalam program ini; program tetap berjalan. Mohon laporkan.";
  }
}

/**
 * Says where the page is, for a browser that was not opened by itself.
 *
 * @param language The language.
 * @param url The link; it lets in.
 */
export function linkText(language: Language, url: string): string {
  return language === "en"
    ? `The chat is in your browser. If it did not open, open this link yourself (it works once):\n${url}`
    : `Obrolan ada di browser. Jika tidak terbuka, buka sendiri tautan ini (berlaku sekali):\n${url}`;
}

function windowText(language: Language, reason: WindowUnavailable): string {
  const isEnglish = language === "en";
  const ways = isEnglish
    ? "You can also chat in the browser: gas-client --browser\nor in this terminal: gas-client --terminal"
    : "Anda juga dapat mengobrol di browser: gas-client --browser\natau di terminal ini: gas-client --terminal";
  return `${
    isEnglish ? "No window can be opened" : "Jendela tidak dapat dibuka"
  }: ${cause(isEnglish, reason)}\n${ways}`;
}

function cause(isEnglish: boolean, reason: WindowUnavailable): string {
  switch (reason.type) {
    case "noDisplay":
      if (reason.display === undefined) {
        return isEnglish
          ? "there is no display here."
          : "tidak ada layar di sini.";
      }
      return isEnglish
        ? `the display ${reason.display} refused it.`
        : `layar ${reason.display} menolaknya.`;
    case "libraryMissing": {
      const command = `sudo apt install ${reason.debianPackages.join(" ")}`;
      return isEnglish
        ? `the library ${reason.library} is missing. On Debian and Ubuntu: ${command}`
        : `pustaka ${reason.library} tidak ada. Di Debian dan Ubuntu: ${command}`;
    }
    case "visualCppRuntimeMissing":
      return isEnglish
        ? `the Visual C++ runtime is missing: ${reason.download}`
        : `runtime Visual C++ tidak ada: ${reason.download}`;
    case "webView2Missing":
      return isEnglish
        ? `the WebView2 runtime is missing: ${reason.download}`
        : `runtime WebView2 tidak ada: ${reason.download}`;
    case "systemUnsupported":
      return isEnglish
        ? `there is none for ${reason.system}.`
        : `tidak tersedia untuk ${reason.system}.`;
    case "failed":
      return reason.detail;
  }
}
