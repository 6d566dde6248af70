/**
 * A session that does what a test says: for testing faces without a server.
 *
 * @module
 */

import type {
  ClientCommand,
  ClientEvent,
  FaceSession,
} from "../../lib/ui/bridge.ts";

/** A scripted session. */
export class ScriptedSession implements FaceSession {
  /** What a face that gets ready is told. */
  opening: readonly ClientEvent[] = [
    { type: "loginForm", host: "192.168.1.20", port: 8080, name: "" },
  ];
  /** Settles when a face has got ready for the first time. */
  readonly ready: Promise<void>;
  readonly #handleReady: () => void;
  #listener: ((event: ClientEvent) => void) | undefined;
  readonly #commands: ClientCommand[] = [];
  readonly #waiting: ((command: ClientCommand) => void)[] = [];
  /** What the face said is read, in order. */
  readonly read: number[] = [];

  /** Makes a session that shows a login form. */
  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#handleReady = resolve;
  }

  /**
   * Takes a command from the face.
   *
   * @param command What a person did.
   */
  handleCommand(command: ClientCommand): void {
    if (command.type === "faceReady") {
      this.tell(...this.opening);
      this.#handleReady();
      return;
    }
    if (command.type === "read") {
      this.read.push(command.sequence);
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#commands.push(command);
    else waiting(command);
  }

  /**
   * Registers the face.
   *
   * @param listener Takes the events.
   */
  subscribe(listener: (event: ClientEvent) => void): void {
    this.#listener = listener;
  }

  /**
   * Tells the face what happened.
   *
   * @param events What happened, in order.
   */
  tell(...events: readonly ClientEvent[]): void {
    for (const event of events) this.#listener?.(event);
  }

  /**
   * Waits for what a person does next, `faceReady` and `read` aside.
   *
   * @returns The command.
   */
  nextCommand(): Promise<ClientCommand> {
    const command = this.#commands.shift();
    if (command !== undefined) return Promise.resolve(command);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** How many commands nobody has asked for. */
  get pendingCommands(): number {
    return this.#commands.length;
  }
}
