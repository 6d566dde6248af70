import { MAX_RECEIVED_DATAGRAM_BYTES } from "../wire/packet.ts";
import type { Address } from "../transport/address.ts";

/** Takes a datagram; the bytes are only valid during the call. */
export type DatagramHandler = (
  datagram: Uint8Array,
  length: number,
  from: Address,
) => void;

/** Where datagrams come from and go to. */
export interface DatagramSocket extends Disposable {
  /** Where it is bound. */
  readonly local: Address;
  /** Receives until the socket is closed. */
  receive(handler: DatagramHandler): Promise<void>;
  /** Sends a datagram, which must not change until the promise resolves. */
  send(datagram: Uint8Array, to: Address): Promise<void>;
  /** Closes the socket and ends `receive`. */
  close(): void;
}

/** Errors in a row after which the receive loop waits before it tries again. */
const ERRORS_BEFORE_PAUSE = 16;
/** How long it waits: a broken interface must not take the processor. */
const PAUSE_MS = 100;

/** A bound UDP socket whose receive loop outlives every error a network can cause. */
export class UdpSocket implements DatagramSocket {
  /** Where it is bound. */
  readonly local: Address;
  readonly #conn: Deno.DatagramConn;
  #isClosed = false;

  /**
   * Creates the udp socket.
   *
   * @param conn A bound socket; this object closes it.
   */
  constructor(conn: Deno.DatagramConn) {
    this.#conn = conn;
    const { hostname, port } = conn.addr as Deno.NetAddr;
    this.local = { hostname, port };
  }

  /**
   * Binds a socket.
   *
   * @param local IP literal and port; port 0 for any free one.
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  static bind(local: Address): UdpSocket {
    return new UdpSocket(
      Deno.listenDatagram({
        transport: "udp",
        hostname: local.hostname,
        port: local.port,
      }),
    );
  }

  /**
   * Receives until the socket is closed.
   *
   * @param handler Called for every datagram, one after the other.
   */
  async receive(handler: DatagramHandler): Promise<void> {
    // One buffer for all: without it Deno makes one of 65,507 bytes for every datagram.
    const buffer = new Uint8Array(MAX_RECEIVED_DATAGRAM_BYTES);
    let errors = 0;
    while (!this.#isClosed) {
      try {
        const [datagram, from] = await this.#conn.receive(buffer);
        errors = 0;
        // A full buffer may have been cut by the system; nothing of ours is that long.
        if (datagram.length === MAX_RECEIVED_DATAGRAM_BYTES) continue;
        handler(buffer, datagram.length, from as Deno.NetAddr);
      } catch (error) {
        if (this.#isClosed || error instanceof Deno.errors.BadResource) return;
        // Windows reports a peer's closed port (10054) and a too long datagram (10040) here; neither concerns the socket.
        if (++errors % ERRORS_BEFORE_PAUSE === 0) {
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    }
  }

  /**
   * Sends a datagram. What the network refuses is as good as lost: nothing is thrown, recovery repeats it.
   *
   * @param datagram Must not change until the promise resolves.
   * @param to An IP literal of this socket's family.
   */
  async send(datagram: Uint8Array, to: Address): Promise<void> {
    try {
      await this.#conn.send(datagram, netAddress(to));
    } catch {
      // Unreachable now, perhaps reachable soon; a closed socket is the end of the program.
    }
  }

  /** Closes the socket and ends `receive`. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }

  /** Closes the socket. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Addresses of peers come from `receive`, so most are what Deno wants already. */
function netAddress(address: Address | Deno.NetAddr): Deno.NetAddr {
  if ("transport" in address) return address;
  return { transport: "udp", ...address };
}
