import {
  decodeServerMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import { MAX_SERVER_MESSAGE_BYTES } from "../../../lib/chat/limits.ts";
import { MessageDeframer } from "../../../lib/chat/message_deframer.ts";

/** What the members of a server were sent, by the handles of their streams. */
export class TestInbox {
  readonly #received = new Map<number, ServerMessage[]>();
  readonly #deframers = new Map<number, MessageDeframer>();

  /** Takes bytes that a server sends. */
  receive(to: readonly number[], bytes: Uint8Array): void {
    for (const member of to) {
      const deframer = this.#deframers.get(member) ??
        new MessageDeframer(MAX_SERVER_MESSAGE_BYTES);
      this.#deframers.set(member, deframer);
      const received = this.#received.get(member) ?? [];
      received.push(...deframer.push(bytes).map(decodeServerMessage));
      this.#received.set(member, received);
    }
  }

  /** Takes what a member was sent since the last call. */
  take(member: number): ServerMessage[] {
    const received = this.#received.get(member) ?? [];
    this.#received.delete(member);
    return received;
  }

  /** Takes the first of them that is wanted, and leaves the others. */
  takeOne(
    member: number,
    isWanted: (message: ServerMessage) => boolean,
  ): ServerMessage | undefined {
    const received = this.#received.get(member) ?? [];
    const index = received.findIndex(isWanted);
    return index < 0 ? undefined : received.splice(index, 1)[0];
  }
}
