/**
 * The peer broke the rules of docs/PROTOCOL.md section 6 or 7. Thrown by the
 * decoders and by {@linkcode MessageDeframer}; the login and chat machines
 * catch it at their one receive boundary and end that connection with
 * `chatProtocol`.
 */
export class ProtocolError extends Error {
  /** The name errors of this class print. */
  override readonly name = "ProtocolError";
}
