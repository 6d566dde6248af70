/**
 * Who is at the other end of a loopback connection.
 *
 * @module
 */

/** The two ports of a connection within 127.0.0.1. */
export interface LoopbackEnds {
  /** The connecting end. */
  readonly clientPort: number;
  /** The listening end. */
  readonly serverPort: number;
}

/**
 * Tells whether a connection is known to come from another user of this
 * computer. Linux shows every user the arguments of every process, and a
 * browser is started with its address as an argument: somebody else who watches
 * could be the first to open it.
 *
 * @param ends The connection, as seen by the listening end.
 * @returns True if the system names another user, other than root, as the
 * owner; false if it is ours or the system does not tell.
 */
export async function isOtherUser(ends: LoopbackEnds): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    // Deno opens files below /proc only to programs that may do everything.
    const { stdout } = await new Deno.Command("cat", {
      args: ["/proc/net/tcp"],
      stdin: "null",
      stderr: "null",
    }).output();
    const owner = parseSocketOwner(new TextDecoder().decode(stdout), ends);
    // Root can read our memory anyway; under WSL the browser comes through it.
    return owner !== undefined && owner !== 0 && owner !== Deno.uid();
  } catch {
    return false;
  }
}

/**
 * Finds the owner of the connecting socket in Linux's table of TCP sockets.
 *
 * @param table The text of `/proc/net/tcp` (proc_net_tcp of the kernel's
 * documentation).
 * @param ends The connection.
 * @returns The user's number; undefined if the connection is not listed.
 */
export function parseSocketOwner(
  table: string,
  ends: LoopbackEnds,
): number | undefined {
  const client = hexPort(ends.clientPort);
  const server = hexPort(ends.serverPort);
  const match = new RegExp(
    // sl, local and remote address, state, queues, timer, retransmits, uid
    `^ *\\d+: \\w{8}:${client} \\w{8}:${server} \\w\\w \\S+ \\S+ \\S+ +(\\d+) `,
    "m",
  ).exec(table);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
