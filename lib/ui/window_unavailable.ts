/**
 * Why a native window cannot open here, as data: the program says it in the
 * user's language and names the other faces.
 *
 * @module
 */

/** Why no native window can open, with what would change that. */
export type WindowUnavailable =
  /** There is no display to open it on, or the one named refused us. */
  | { readonly type: "noDisplay"; readonly display: string | undefined }
  /** The dynamic linker misses a system library, by its file name. */
  | {
    readonly type: "libraryMissing";
    readonly library: string;
    readonly debianPackages: readonly string[];
  }
  /** Windows without the Visual C++ runtime our webview library links to. */
  | { readonly type: "visualCppRuntimeMissing"; readonly download: string }
  /** Windows without the WebView2 runtime, which is the page's browser. */
  | { readonly type: "webView2Missing"; readonly download: string }
  /** No webview library exists for this operating system and processor. */
  | { readonly type: "systemUnsupported"; readonly system: string }
  /** Anything else; `detail` is the system's own text. */
  | { readonly type: "failed"; readonly detail: string };

/** Thrown where a native window cannot open; the other faces still can. */
export class WindowUnavailableError extends Error {
  /** The name errors of this class print. */
  override readonly name = "WindowUnavailableError";
  /** Why, as data. */
  readonly reason: WindowUnavailable;

  /**
   * Makes the error.
   *
   * @param reason Why the window cannot open.
   * @param options Among them the error that showed it.
   */
  constructor(reason: WindowUnavailable, options?: ErrorOptions) {
    super(`no native window: ${JSON.stringify(reason)}`, options);
    this.reason = reason;
  }
}

/**
 * Says why the webview library could not be loaded.
 *
 * @param detail The message of the error that `Deno.dlopen` threw.
 * @param os The operating system, as `Deno.build.os` names it.
 * @returns The reason.
 */
export function explainLoadFailure(
  detail: string,
  os: typeof Deno.build.os,
): WindowUnavailable {
  // glibc names the first missing library only; installing one package often
  // uncovers the next, so the whole set is named at once.
  const library = /(lib[\w.+-]+\.so[.\d]*): cannot open shared object file/
    .exec(detail)?.[1];
  if (library !== undefined) {
    return {
      type: "libraryMissing",
      library,
      debianPackages: DEBIAN_PACKAGES,
    };
  }
  // The DLL links to nothing but the system and this runtime, so "the
  // specified module could not be found" (126) means the runtime.
  if (os === "windows") {
    return {
      type: "visualCppRuntimeMissing",
      download: VISUAL_CPP_RUNTIME_DOWNLOAD,
    };
  }
  return { type: "failed", detail };
}

/**
 * Says why `webview_create` returned no window; the C library keeps the reason
 * to itself.
 *
 * @param os The operating system, as `Deno.build.os` names it.
 * @param display The display the environment names, if any (Linux).
 * @returns The reason.
 */
export function explainCreateFailure(
  os: typeof Deno.build.os,
  display: string | undefined,
): WindowUnavailable {
  if (os === "windows") {
    return { type: "webView2Missing", download: WEBVIEW2_DOWNLOAD };
  }
  if (os === "darwin") return { type: "failed", detail: "webview_create" };
  return { type: "noDisplay", display };
}

/** What the webview library needs on Debian 12 and later, and Ubuntu 24.04. */
const DEBIAN_PACKAGES = ["libwebkitgtk-6.0-4", "libvulkan1"] as const;

const VISUAL_CPP_RUNTIME_DOWNLOAD =
  "https://aka.ms/vs/17/release/vc_redist.x64.exe";

const WEBVIEW2_DOWNLOAD = "https://go.microsoft.com/fwlink/p/?LinkId=2124703";
