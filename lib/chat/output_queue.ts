import { encodeServerMessage, type ServerMessage } from "./chat_message.ts";
import type { ChatServerOutput } from "./chat_server_output.ts";
import { frameMessage } from "./message_deframer.ts";

/** What a room wants done, in the order in which it must happen. */
export class OutputQueue {
  #outputs: ChatServerOutput[] = [];
  #polled = 0;

  /**
   * Adds an output.
   *
   * @param output What to do after all that was added before.
   */
  push(output: ChatServerOutput): void {
    this.#outputs.push(output);
  }

  /**
   * Adds a message to some members, encoded once.
   *
   * @param to Their handles.
   * @param message The message.
   */
  send(to: readonly number[], message: ServerMessage): void {
    const bytes = frameMessage(encodeServerMessage(message));
    this.#outputs.push({ type: "send", to, bytes });
  }

  /**
   * Gives the next output.
   *
   * @returns The output; undefined if there is none now.
   */
  poll(): ChatServerOutput | undefined {
    const output = this.#outputs[this.#polled++];
    if (output === undefined) {
      this.#outputs = [];
      this.#polled = 0;
    }
    return output;
  }
}
