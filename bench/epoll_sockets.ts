/** The functions of the C library that are called. */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
} as const;

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOCKADDR_BYTES = 16;
const MSG_DONTWAIT = 0x40;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
/** x86-64 packs the structure: 4 bytes of events, 8 bytes of our data. */
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const EVENT_DATA_OFFSET = EVENT_BYTES - 8;
/** Sockets reported by one call. */
const MAX_EVENTS = 256;

/**
 * Many UDP sockets, each connected to one server on the loopback interface,
 * called directly: a thousand clients must cost less than the server they load,
 * and Deno's own sockets cost more than the protocol on top of them.
 */
export class EpollSockets {
  readonly #libc = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #epoll: number;
  readonly #descriptors: number[] = [];
  readonly #events = new DataView(new ArrayBuffer(MAX_EVENTS * EVENT_BYTES));
  readonly #eventBytes = new Uint8Array(this.#events.buffer);

  /** Opens none yet. */
  constructor() {
    this.#epoll = this.#check(this.#libc.symbols.epoll_create1(0));
  }

  /**
   * Opens a socket.
   *
   * @param serverPort Where everything goes.
   * @returns Its index, counted from 0, and its own port.
   */
  open(serverPort: number): { readonly index: number; readonly port: number } {
    const { symbols } = this.#libc;
    const descriptor = this.#check(symbols.socket(AF_INET, SOCK_DGRAM, 0));
    const address = new Uint8Array(SOCKADDR_BYTES);
    address.set([AF_INET, 0, serverPort >> 8, serverPort & 0xff, 127, 0, 0, 1]);
    this.#check(symbols.connect(descriptor, address, SOCKADDR_BYTES));
    const length = new Uint32Array([SOCKADDR_BYTES]);
    this.#check(symbols.getsockname(descriptor, address, length));
    const index = this.#descriptors.push(descriptor) - 1;
    const event = new DataView(new ArrayBuffer(EVENT_BYTES));
    event.setUint32(0, EPOLLIN, true);
    event.setUint32(EVENT_DATA_OFFSET, index, true);
    this.#check(
      symbols.epoll_ctl(
        this.#epoll,
        EPOLL_CTL_ADD,
        descriptor,
        new Uint8Array(event.buffer),
      ),
    );
    return { index, port: address[2]! << 8 | address[3]! };
  }

  /**
   * Waits, with the whole thread, until some sockets have datagrams.
   *
   * @param timeoutMs At most so long.
   * @param onReadable Called with the index of each.
   */
  wait(timeoutMs: number, onReadable: (index: number) => void): void {
    const count = this.#libc.symbols.epoll_wait(
      this.#epoll,
      this.#eventBytes,
      MAX_EVENTS,
      timeoutMs,
    );
    for (let i = 0; i < count; i++) {
      onReadable(
        this.#events.getUint32(i * EVENT_BYTES + EVENT_DATA_OFFSET, true),
      );
    }
  }

  /** Receives a datagram. @returns Its length, or -1 if there is none. */
  receive(index: number, buffer: Uint8Array<ArrayBuffer>): number {
    return this.#libc.symbols.recv(
      this.#descriptors[index]!,
      buffer,
      BigInt(buffer.length),
      MSG_DONTWAIT,
    );
  }

  /** Sends a datagram; what the system does not take is lost. */
  send(index: number, buffer: Uint8Array<ArrayBuffer>, length: number): void {
    this.#libc.symbols.send(
      this.#descriptors[index]!,
      buffer,
      BigInt(length),
      MSG_DONTWAIT,
    );
  }

  #check(result: number): number {
    if (result < 0) throw new Error("A system call of the benchmark failed");
    return result;
  }
}
