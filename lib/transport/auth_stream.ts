import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import { type AuthFrame, FrameType } from "../wire/frame.ts";
import { ReceiveStream } from "./receive_stream.ts";
import { SendBuffer } from "./send_buffer.ts";
import { MAX_AUTH_BYTES } from "./transport_config.ts";

/** The stream of AUTH frames, both halves: it carries the login, and is there before any other stream. */
export class AuthStream {
  /** What we send. */
  readonly send: SendBuffer = new SendBuffer(-1, MAX_AUTH_BYTES);
  readonly #receive = new ReceiveStream(-1, MAX_AUTH_BYTES);

  /** The next bytes of the peer, in order; undefined if there are none now. */
  read(): Uint8Array | undefined {
    return this.#receive.read();
  }

  /**
   * Takes a frame of the peer.
   *
   * @returns True if there is something to read.
   * @throws {TransportError} If the peer sends more than a login needs.
   */
  handleFrame({ offset, data }: AuthFrame): boolean {
    const frameType = FrameType.auth;
    if (offset + data.length > MAX_AUTH_BYTES) {
      throw new TransportError(
        TransportErrorCode.authBufferExceeded,
        frameType,
        "the login is too long",
      );
    }
    this.#receive.handleData(offset, data, { fin: false, frameType });
    return this.#receive.isReadable;
  }
}
