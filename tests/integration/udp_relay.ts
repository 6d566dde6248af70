import { MAX_RECEIVED_DATAGRAM_BYTES } from "../../lib/wire/packet.ts";

/** Stands between clients and a server on loopback: sees every datagram, and can be cut like a cable. */
export class UdpRelay implements AsyncDisposable {
  /** Every datagram in either direction, as a sniffer would have it. */
  readonly recorded: Uint8Array[] = [];
  /** True while nothing gets through. */
  isCut = false;
  readonly #front: Deno.DatagramConn;
  readonly #backs = new Map<number, Deno.DatagramConn>();
  readonly #loops: Promise<void>[] = [];
  readonly #serverPort: number;

  constructor(serverPort: number) {
    this.#serverPort = serverPort;
    this.#front = bindLoopback();
    this.#loops.push(this.#forwardToServer());
  }

  /** Where clients connect to. */
  get port(): number {
    return (this.#front.addr as Deno.NetAddr).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#front.close();
    for (const back of this.#backs.values()) back.close();
    await Promise.all(this.#loops);
  }

  async #forwardToServer(): Promise<void> {
    await forEachDatagram(this.#front, async (datagram, from) => {
      this.recorded.push(datagram);
      if (this.isCut) return;
      const server = loopback(this.#serverPort);
      await this.#backFor(from).send(datagram, server).catch(() => {});
    });
  }

  /** One socket towards the server for each client, so that answers find their way. */
  #backFor(client: Deno.NetAddr): Deno.DatagramConn {
    let back = this.#backs.get(client.port);
    if (back !== undefined) return back;
    back = bindLoopback();
    this.#backs.set(client.port, back);
    this.#loops.push(
      forEachDatagram(back, async (datagram) => {
        this.recorded.push(datagram);
        if (!this.isCut) {
          await this.#front.send(datagram, client).catch(() => {});
        }
      }),
    );
    return back;
  }
}

function bindLoopback(): Deno.DatagramConn {
  return Deno.listenDatagram(loopback(0));
}

function loopback(port: number): Deno.NetAddr & { transport: "udp" } {
  return { transport: "udp", hostname: "127.0.0.1", port };
}

async function forEachDatagram(
  conn: Deno.DatagramConn,
  handler: (datagram: Uint8Array, from: Deno.NetAddr) => Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES);
  for (;;) {
    try {
      const [datagram, from] = await conn.receive(buffer);
      await handler(datagram.slice(), from as Deno.NetAddr);
    } catch {
      // Closed: the test is over.
      return;
    }
  }
}
