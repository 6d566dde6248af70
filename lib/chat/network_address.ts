/**
 * IP addresses and networks of them, as people write them (RFC 4291, RFC 4632,
 * RFC 5952). All are IPv6 here: IPv4 stands in its mapped form.
 *
 * @module
 */

/** A network, or a single address: a network of one. */
export interface Network {
  /** 16 bytes; those beyond the prefix are 0. */
  readonly bytes: Uint8Array;
  /** How many bits of them count. */
  readonly prefixBits: number;
}

/** Bits of an address. */
const ADDRESS_BITS = 128;

/** In front of an IPv4 address, mapped (RFC 4291 section 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * Reads a network, or an address.
 *
 * @param text `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1`, `2001:db8::/32`; a
 * zone such as `%eth0` is left out.
 * @returns The network; undefined if it is none.
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", bits, ...rest] = text.trim().split("/");
  if (rest.length > 0) return undefined;
  const isShort = !address.includes(":");
  const bytes = isShort
    ? parseMapped(address)
    : parseLong(address.replace(/%[\w.-]+$/, ""));
  if (bytes === undefined) return undefined;
  const ownBits = isShort ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS;
  const prefix = bits === undefined ? ownBits : parseNumber(bits, ownBits);
  if (prefix === undefined) return undefined;
  const prefixBits = prefix + ADDRESS_BITS - ownBits;
  for (let i = 0; i < bytes.length; i++) bytes[i]! &= maskOf(i, prefixBits);
  return { bytes, prefixBits };
}

/**
 * Writes a network, always in the same way.
 *
 * @param network The network.
 * @returns An address, or an address and a prefix.
 */
export function networkText(network: Network): string {
  const { bytes, prefixBits } = network;
  const isShort = isMapped(network);
  const text = isShort ? bytes.subarray(12).join(".") : longText(bytes);
  if (prefixBits === ADDRESS_BITS) return text;
  return `${text}/${isShort ? prefixBits - MAPPED_BITS : prefixBits}`;
}

/**
 * Whether a network has all of another one, or an address.
 *
 * @param outer The network.
 * @param inner What may be in it.
 * @returns Whether it is.
 */
export function containsNetwork(outer: Network, inner: Network): boolean {
  if (inner.prefixBits < outer.prefixBits) return false;
  return outer.bytes.every((byte, i) =>
    byte === (inner.bytes[i]! & maskOf(i, outer.prefixBits))
  );
}

/**
 * Whether a network is one address.
 *
 * @param network The network.
 */
export function isAddress({ prefixBits }: Network): boolean {
  return prefixBits === ADDRESS_BITS;
}

/**
 * Whether a network is small enough to be meant: a few bits would be half of
 * the world, and who asks for that as well.
 *
 * @param network The network.
 */
export function isNarrow(network: Network): boolean {
  const { prefixBits } = network;
  return isMapped(network)
    ? prefixBits >= MAPPED_BITS + MIN_SHORT_PREFIX_BITS
    : prefixBits >= MIN_LONG_PREFIX_BITS;
}

/** The largest network that one organisation has, of IPv4. */
const MIN_SHORT_PREFIX_BITS = 8;

/** The largest that a provider has, of IPv6. */
const MIN_LONG_PREFIX_BITS = 16;

/** The bits of a byte that a prefix of so many bits has. */
function maskOf(index: number, prefixBits: number): number {
  const bits = Math.min(8, Math.max(0, prefixBits - 8 * index));
  return 0xff00 >> bits & 0xff;
}

function isMapped({ bytes, prefixBits }: Network): boolean {
  return prefixBits >= MAPPED_BITS && bytes[10] === 0xff &&
    bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0);
}

function parseMapped(text: string): Uint8Array | undefined {
  const parts = parseShort(text);
  if (parts === undefined) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set([0xff, 0xff, ...parts], 10);
  return bytes;
}

function parseShort(text: string): readonly number[] | undefined {
  const parts = text.split(".").map((part) => parseNumber(part, 255));
  const bytes = parts.filter((part) => part !== undefined);
  return parts.length === 4 && bytes.length === 4 ? bytes : undefined;
}

function parseLong(text: string): Uint8Array | undefined {
  const halves = text.split("::").map(parseGroups);
  const [head, tail] = halves;
  if (head === undefined || halves.length > 2) return undefined;
  if (/\..*::/.test(text)) return undefined;
  const bytes = new Uint8Array(16);
  if (halves.length === 1) {
    if (head.length !== 16) return undefined;
    bytes.set(head);
    return bytes;
  }
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of groups between colons; the last may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (group.includes(".") && index === groups.length - 1) {
      const short = parseShort(group);
      if (short === undefined) return undefined;
      bytes.push(...short);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes.length <= 16 ? bytes : undefined;
}

/** Leading zeros are refused: some read them as octal. */
function parseNumber(text: string, max: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** RFC 5952 section 4: the longest run of zero groups is `::`. */
function longText(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, i) => (bytes[2 * i]! << 8 | bytes[2 * i + 1]!).toString(16),
  );
  let [start, length] = [0, 1];
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (groups[end] === "0") end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  if (length === 1) return groups.join(":");
  const head = groups.slice(0, start).join(":");
  return `${head}::${groups.slice(start + length).join(":")}`;
}
