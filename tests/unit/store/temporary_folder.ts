/**
 * Makes a test body that has an empty folder of its own.
 *
 * @param test Runs with the folder's path.
 * @returns The test body.
 */
export function withFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

/** Why tests of permission bits do not run on Windows: it has none. */
export const HAS_MODES: boolean = Deno.build.os !== "windows";

/**
 * Reads a file's permission bits.
 *
 * @param path The file.
 * @returns The bits.
 */
export function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o777;
}
