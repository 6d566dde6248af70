import { lookup } from "node:dns/promises";
import type { Address } from "../transport/address.ts";
import { UdpSocket } from "./udp_socket.ts";

/** The ports clients use, as in the original; a firewall may be opened for just these. */
export const CLIENT_PORTS = { first: 5000, last: 5010 } as const;

/**
 * Finds the IP address of a host.
 *
 * @param host A name or an IP literal.
 * @returns The literal, IPv4 where there is one; undefined if the host is unknown.
 */
export async function resolveHost(host: string): Promise<string | undefined> {
  try {
    const found = await lookup(host, { all: true });
    return (found.find((entry) => entry.family === 4) ?? found[0])?.address;
  } catch {
    return undefined;
  }
}

/**
 * Binds a client's socket.
 *
 * @param remoteHost The server's IP literal: the socket gets its family.
 * @param port The wanted port; 0 for any; undefined for the first free one of 5000 to 5010, else any.
 * @throws {Deno.errors.AddrInUse} If the wanted port is taken.
 */
export function bindClientSocket(
  remoteHost: string,
  port: number | undefined,
): UdpSocket {
  const hostname = remoteHost.includes(":") ? "::" : "0.0.0.0";
  if (port !== undefined) return UdpSocket.bind({ hostname, port });
  for (
    let candidate: number = CLIENT_PORTS.first;
    candidate <= CLIENT_PORTS.last;
    candidate++
  ) {
    try {
      return UdpSocket.bind({ hostname, port: candidate });
    } catch {
      // Taken, or kept back by the system: Windows reserves ranges of ports, and calls that a lack of permission.
    }
  }
  return UdpSocket.bind({ hostname, port: 0 });
}

/**
 * Binds a server's sockets: the named address, or every interface.
 *
 * @param local The address; an undefined host stands for every interface, IPv6 and IPv4.
 * @returns One socket, or one for each family where one socket does not take both.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 */
export function bindServerSockets(
  local: { host: string | undefined; port: number },
): UdpSocket[] {
  if (local.host !== undefined) {
    return [UdpSocket.bind({ hostname: local.host, port: local.port })];
  }
  const sockets: UdpSocket[] = [];
  try {
    sockets.push(UdpSocket.bind({ hostname: "::", port: local.port }));
  } catch (error) {
    // A machine without IPv6.
    if (error instanceof Deno.errors.AddrInUse) throw error;
  }
  try {
    sockets.push(
      UdpSocket.bind({
        hostname: "0.0.0.0",
        port: sockets[0]?.local.port ?? local.port,
      }),
    );
  } catch (error) {
    // Where the first socket takes IPv4 too, as on Linux and macOS, it holds the port.
    if (sockets.length === 0 || !(error instanceof Deno.errors.AddrInUse)) {
      throw error;
    }
  }
  return sockets;
}

/**
 * An address as people write it: without the prefix that IPv4 has on an IPv6 socket.
 *
 * @param address From a socket.
 */
export function plainAddress(address: Address): Address {
  const match = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address.hostname);
  return match === null ? address : { hostname: match[1]!, port: address.port };
}
