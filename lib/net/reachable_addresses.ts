/**
 * The addresses of this machine that guests may use, the likeliest first: private IPv4 networks, other IPv4, then IPv6
 * that is not bound to a link. Where there is none but loopback, that.
 */
export function reachableAddresses(): string[] {
  const found = Deno.networkInterfaces()
    .map(({ address, family }) => ({ address, rank: rankOf(address, family) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((one, other) => one.rank! - other.rank!)
    .map(({ address }) => address);
  return found.length > 0 ? [...new Set(found)] : ["127.0.0.1"];
}

function rankOf(address: string, family: "IPv4" | "IPv6"): number | undefined {
  if (family === "IPv4") {
    if (address.startsWith("127.") || address.startsWith("169.254.")) {
      return undefined;
    }
    if (address.startsWith("192.168.")) return 0;
    if (address.startsWith("10.")) return 1;
    // 172.17 is where container bridges live; guests are seldom there.
    return address.startsWith("172.17.") ? 4 : 2;
  }
  return address === "::1" || /^fe[89ab]/i.test(address) ? undefined : 3;
}
