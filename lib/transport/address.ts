/** Where datagrams come from and go to. */
export interface Address {
  /** IP address as the socket spells it; one socket spells one host always the same. */
  readonly hostname: string;
  /** UDP port. */
  readonly port: number;
}

/** True if both name the same end of a path. */
export function equalAddresses(one: Address, other: Address): boolean {
  return one.port === other.port && one.hostname === other.hostname;
}

/** True for an address of this computer itself, which no network is on the way to. */
export function isLoopback({ hostname }: Address): boolean {
  return hostname === "::1" || /^(::ffff:)?127\./i.test(hostname);
}

/** One string per address, as a key and for people. */
export function addressKey(address: Address): string {
  return address.hostname.includes(":")
    ? `[${address.hostname}]:${address.port}`
    : `${address.hostname}:${address.port}`;
}
