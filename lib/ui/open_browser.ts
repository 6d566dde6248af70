/**
 * Opens a link in the user's browser.
 *
 * A link of the browser face lets in whoever opens it first, and on Linux and
 * macOS every user can read the arguments of every process. On macOS it goes
 * to `osascript` on standard input. On Linux nothing takes it but arguments, so
 * there the face asks the kernel who connects (loopback_user.ts). A private
 * file that leads to the link would be the other way, but the browsers that
 * Linux distributions confine (Snap, Flatpak) cannot read one in a private
 * place. Windows shows arguments to the user's own processes only.
 *
 * @module
 */

/**
 * Starts the browser, without a shell between.
 *
 * @param url An `http:` link of ours.
 * @returns False if there is no way to open a browser here.
 */
export async function openBrowser(url: string): Promise<boolean> {
  try {
    switch (Deno.build.os) {
      case "darwin":
        return await start("osascript", ["-"], `open location "${url}"`);
      case "windows":
        return await start("rundll32", ["url.dll,FileProtocolHandler", url]);
      default:
        // Without a display, xdg-open starts a browser inside the terminal.
        if (!hasDisplay()) return false;
        return await start("xdg-open", [url]);
    }
  } catch {
    return false;
  }
}

function hasDisplay(): boolean {
  return ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => Deno.env.get(name));
}

/** Does not wait for the end: some openers live as long as the browser. */
async function start(
  command: string,
  args: readonly string[],
  input?: string,
): Promise<boolean> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  return true;
}
