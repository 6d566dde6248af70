/** Which processor does what. */
export interface Cores {
  /** Of every server; undefined if nothing is pinned. */
  readonly server: number | undefined;
  /** Of whatever puts load on it. */
  readonly load: number | undefined;
}

/** One processor for servers, another for load, as far as there are two. */
export async function chooseCores(): Promise<Cores> {
  const isPossible = navigator.hardwareConcurrency >= 2 &&
    await isInstalled("taskset");
  return isPossible
    ? { server: 0, load: 1 }
    : { server: undefined, load: undefined };
}

/** Whether a program can be run by its name. */
export async function isInstalled(command: string): Promise<boolean> {
  try {
    await new Deno.Command(command, {
      args: ["--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
