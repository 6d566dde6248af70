/**
 * Windows gives a program started by double click a console window of its own,
 * since the client is built as a console program (`--terminal` and `--help`
 * need one).
 *
 * @module
 */

/**
 * Lets go of a console that exists for this process only, which closes its
 * window. A console shared with the shell the program was started from stays.
 * Nothing may be printed afterwards. Does nothing elsewhere.
 */
export function releaseOwnConsole(): void {
  if (Deno.build.os !== "windows") return;
  const kernel = Deno.dlopen("kernel32.dll", {
    GetConsoleProcessList: { parameters: ["buffer", "u32"], result: "u32" },
    FreeConsole: { parameters: [], result: "i32" },
  });
  try {
    // Room for two process IDs: enough to tell one from more.
    const room = new Uint8Array(8);
    if (kernel.symbols.GetConsoleProcessList(room, 2) === 1) {
      kernel.symbols.FreeConsole();
    }
  } finally {
    kernel.close();
  }
}
