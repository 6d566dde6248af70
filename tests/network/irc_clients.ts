/**
 * A process with IRC clients (RFC 2812, as little as a chat needs), the measure
 * beside ours. Takes and tells the same as chat_clients.ts.
 *
 * @module
 */

import { clockMs, openRemote, readLines } from "./remote_clients.ts";

const CHANNEL = "#room";
/** RFC 2812 section 5.1: the list of members is complete; we are inside. */
const END_OF_NAMES = "366";

const { report, commands } = openRemote();
const connections = new Map<string, Deno.TcpConn>();

async function enter(
  { host, port, name }: { host: string; port: number; name: string },
): Promise<void> {
  const connection = await Deno.connect({ hostname: host, port });
  // Nagle's algorithm would make it wait: this is the best that TCP can do.
  connection.setNoDelay(true);
  connections.set(name, connection);
  const entered = Promise.withResolvers<void>();
  void receive(name, connection, entered.resolve);
  write(connection, `NICK ${name}`);
  write(connection, `USER ${name} 0 * :${name}`);
  await entered.promise;
}

async function receive(
  name: string,
  connection: Deno.TcpConn,
  onEntered: () => void,
): Promise<void> {
  for await (const line of readLines(connection.readable)) {
    const [, command, rest] = /^(?::\S+ )?(\S+) ?(.*)$/.exec(line) ?? [];
    if (command === "PING") write(connection, `PONG ${rest}`);
    // Registered.
    else if (command === "001") write(connection, `JOIN ${CHANNEL}`);
    else if (command === END_OF_NAMES) onEntered();
    else if (command === "PRIVMSG") {
      const text = rest!.slice(rest!.indexOf(":") + 1);
      report({ type: "received", name, text, atMs: clockMs() });
    } else if (command === "ERROR") report({ type: "failed", why: line });
  }
}

function write(connection: Deno.TcpConn, line: string): void {
  void connection.write(new TextEncoder().encode(`${line}\r\n`));
}

for await (const command of commands) {
  switch (command.type) {
    case "join":
      for (const name of command.names) await enter({ ...command, name });
      report({ type: "joined" });
      break;
    case "send": {
      const { name, text } = command;
      const atMs = clockMs();
      write(connections.get(name)!, `PRIVMSG ${CHANNEL} :${text}`);
      report({ type: "sent", name, text, atMs });
      break;
    }
  }
}
