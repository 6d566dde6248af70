/**
 * Why a connection was closed by the transport (docs/PROTOCOL.md section 4).
 * The numbers are QUIC's (RFC 9000 section 20.1) where the meaning is.
 */
export const TransportErrorCode = {
  /** Closed without an error. */
  noError: 0x0,
  /** The sender has a bug and cannot go on. */
  internalError: 0x1,
  /** The server does not take new connections now. */
  connectionRefused: 0x2,
  /** More data than the credit for it. */
  flowControl: 0x3,
  /** A stream beyond the credit for streams. */
  streamLimit: 0x4,
  /** A frame for a stream that cannot get it. */
  streamState: 0x5,
  /** Data beyond a stream's end, or an end that changed. */
  finalSize: 0x6,
  /** A frame that cannot be decoded. */
  frameEncoding: 0x7,
  /** Transport parameters that cannot be decoded or are out of range. */
  transportParameter: 0x8,
  /** Any other break of the protocol. */
  protocolViolation: 0xa,
  /** More login data than the receiver buffers. */
  authBufferExceeded: 0xd,
  /** A key update that was not allowed yet. */
  keyUpdate: 0xe,
  /** A key has sealed or opened as much as it safely can. */
  aeadLimit: 0xf,
} as const;

/** One of the values of {@linkcode TransportErrorCode}. */
export type TransportErrorCode =
  typeof TransportErrorCode[keyof typeof TransportErrorCode];

/**
 * The peer broke the protocol in an authenticated packet. It closes the
 * connection; its fields are what the CONNECTION_CLOSE frame tells the peer.
 */
export class TransportError extends Error {
  /** The name errors of this class print. */
  override readonly name = "TransportError";
  /** What went wrong. */
  readonly code: TransportErrorCode;
  /** The type of the frame it was found in; 0 if it was none in particular. */
  readonly frameType: number;
  /** What went wrong, for a person. It never contains secrets. */
  readonly reason: string;

  /**
   * Creates the error.
   *
   * @param code What went wrong.
   * @param frameType The type of the frame it was found in, or 0.
   * @param reason The same in words, at most 256 bytes.
   */
  constructor(code: TransportErrorCode, frameType: number, reason: string) {
    super(reason);
    this.code = code;
    this.frameType = frameType;
    this.reason = reason;
  }
}
