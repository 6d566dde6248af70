/**
 * Calls back when somebody asks the program to end: Ctrl+C, a service manager.
 * SIGHUP keeps its meaning: it ends the program, unless `nohup` had it ignored.
 *
 * @param listener Called for each signal.
 */
export function onStopSignal(listener: () => void): void {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
}
