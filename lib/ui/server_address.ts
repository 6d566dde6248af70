/**
 * Server addresses as people type them.
 *
 * @module
 */

/** A typed server address, taken apart. */
export interface ServerAddress {
  /** A host name or an IP address, without brackets. */
  readonly host: string;
  /** The port, if one was typed behind the host. */
  readonly port: number | undefined;
}

/** The port of a server that was started without one. */
export const DEFAULT_SERVER_PORT = 8080;

/** The longest host name of DNS (RFC 1035 section 2.3.4), a port, brackets. */
const MAX_ADDRESS_CHARACTERS = 263;

/**
 * Takes `host`, `host:port`, `::1`, `[::1]` or `[::1]:port` apart. It checks
 * the form only: whether the host exists is found out by asking it.
 *
 * @param text What was typed.
 * @returns The address, or undefined if it cannot be one.
 */
export function parseServerAddress(text: string): ServerAddress | undefined {
  const typed = text.trim();
  if (typed.length > MAX_ADDRESS_CHARACTERS) return undefined;
  const match = /^\[([^[\]]+)\](?::(\d+))?$/.exec(typed) ??
    /^([^:[\]]+)(?::(\d+))?$/.exec(typed) ??
    /^([\da-f.]*(?::[\da-f.]*){2,}(?:%[\w.-]+)?)$/i.exec(typed);
  const [, host, port] = match ?? [];
  if (host === undefined || host.startsWith("-")) return undefined;
  // No "/", the mark of a pasted web address, and no white space.
  if (!/^[\p{L}\p{M}\p{N}._:%-]+$/u.test(host)) return undefined;
  if (port === undefined) return { host, port };
  const number = parsePort(port);
  return number === undefined ? undefined : { host, port: number };
}

/**
 * Writes a server address as {@linkcode parseServerAddress} reads it.
 *
 * @param host The host name or IP address.
 * @param port The port; the one servers have by default is left out.
 * @returns For example `192.168.1.20`, `192.168.1.20:9000` or `[::1]:9000`.
 */
export function serverAddressText(host: string, port: number): string {
  if (port === DEFAULT_SERVER_PORT) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Reads a port number another program can be reached at.
 *
 * @param text What was typed.
 * @returns A number from 1 to 65535, or undefined.
 */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
