import { assertEquals, assertThrows } from "@std/assert";
import {
  bindClientSocket,
  CLIENT_PORTS,
  plainAddress,
} from "../../../lib/net/bind.ts";

Deno.test("plainAddress() writes IPv4 on an IPv6 socket as IPv4", () => {
  const mapped = { hostname: "::ffff:192.168.1.7", port: 5000 };
  assertEquals(plainAddress(mapped), { hostname: "192.168.1.7", port: 5000 });
  const upper = { hostname: "::FFFF:10.0.0.1", port: 1 };
  assertEquals(plainAddress(upper), { hostname: "10.0.0.1", port: 1 });
});

Deno.test("plainAddress() leaves other addresses alone", () => {
  for (const hostname of ["192.168.1.7", "::1", "fe80::1", "::ffff:1:2"]) {
    assertEquals(plainAddress({ hostname, port: 9 }), { hostname, port: 9 });
  }
});

/** Runs with a system that refuses to bind some ports. */
function withBinding(
  refuse: (port: number) => Error | undefined,
  run: (asked: number[]) => void,
): void {
  const original = Deno.listenDatagram;
  const asked: number[] = [];
  const fake = ({ hostname, port }: { hostname: string; port: number }) => {
    asked.push(port);
    const error = refuse(port);
    if (error !== undefined) throw error;
    return { addr: { transport: "udp", hostname, port }, close() {} };
  };
  Object.assign(Deno, { listenDatagram: fake });
  try {
    run(asked);
  } finally {
    Object.assign(Deno, { listenDatagram: original });
  }
}

Deno.test("bindClientSocket() takes the first free port of the range", () => {
  const { first } = CLIENT_PORTS;
  const taken = (port: number) =>
    port < first + 2 ? new Deno.errors.AddrInUse("taken") : undefined;
  withBinding(taken, () => {
    const { local } = bindClientSocket("10.0.0.1", undefined);
    assertEquals(local, { hostname: "0.0.0.0", port: first + 2 });
  });
});

Deno.test("bindClientSocket() takes any port where the range is taken or reserved", () => {
  const errors = [
    new Deno.errors.AddrInUse("taken"),
    // What Windows says of ports that Hyper-V has reserved.
    new Deno.errors.PermissionDenied("os error 10013"),
  ];
  for (const error of errors) {
    withBinding((port) => port === 0 ? undefined : error, (asked) => {
      assertEquals(bindClientSocket("::1", undefined).local.port, 0);
      assertEquals(asked.length, CLIENT_PORTS.last - CLIENT_PORTS.first + 2);
    });
  }
});

Deno.test("bindClientSocket() takes the wanted port or fails", () => {
  withBinding(() => undefined, (asked) => {
    assertEquals(bindClientSocket("10.0.0.1", 7000).local.port, 7000);
    assertEquals(asked, [7000]);
  });
  withBinding(() => new Deno.errors.AddrInUse("taken"), (asked) => {
    assertThrows(
      () => bindClientSocket("10.0.0.1", 7000),
      Deno.errors.AddrInUse,
    );
    assertEquals(asked, [7000]);
  });
});

Deno.test("bindClientSocket() fails where nothing can be bound", () => {
  withBinding(() => new Deno.errors.PermissionDenied("no"), () => {
    assertThrows(
      () => bindClientSocket("10.0.0.1", undefined),
      Deno.errors.PermissionDenied,
    );
  });
});
