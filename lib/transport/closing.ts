import { assert } from "../base/assert.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import type { ControlFrame } from "../wire/frame.ts";
import type { CloseReason } from "./connection_event.ts";

/**
 * A connection we closed, which stays for a while in case the peer missed it (RFC 9000 section 10.2.1). The peer is told
 * at its 1st, 2nd, 4th, 8th... packet, so that neither a flood nor two ends that both close are answered for long.
 */
export class Closing {
  /** When the connection is forgotten. */
  readonly untilUs: number;
  /** True if the peer is to be told now. */
  isDue = true;
  readonly #reason: CloseReason;
  #packets = 0;

  /**
   * Creates the closing.
   *
   * @param reason Why.
   * @param untilUs When it is forgotten.
   */
  constructor(reason: CloseReason, untilUs: number) {
    this.#reason = reason;
    this.untilUs = untilUs;
  }

  /** Another packet of the peer arrived. */
  onPacket(): void {
    const packets = ++this.#packets;
    if ((packets & (packets - 1)) === 0) this.isDue = true;
  }

  /** What tells the peer. */
  get frame(): ControlFrame {
    const reason = this.#reason;
    if (reason.type === "local") return { ...reason, type: "applicationClose" };
    assert(reason.type === "transport", "only closes of ours are sent");
    return { ...reason, type: "connectionClose" };
  }
}

/** Why an error ends a connection: what the peer broke, or a bug of ours, of which the peer learns no more. */
export function closeReasonOf(error: unknown): CloseReason {
  const { code, frameType, reason } = error instanceof TransportError
    ? error
    : new TransportError(TransportErrorCode.internalError, 0, "internal error");
  return { type: "transport", by: "local", code, frameType, reason };
}
