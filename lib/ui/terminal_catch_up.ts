import type { ClientEvent } from "./bridge.ts";

/** What a terminal shows at once: the rest would scroll past unread. */
const SCREEN_EVENTS = 20;

/** What is held back. */
export type HeldEvent = Extract<
  ClientEvent,
  { readonly type: "message" | "change" }
>;

/** The end of what was missed, for the screen. */
export interface CaughtUp {
  /** How many events are not printed. */
  readonly passedOver: number;
  /** The events that are, in order, each with its lines. */
  readonly newest: readonly {
    readonly event: HeldEvent;
    readonly lines: readonly string[];
  }[];
}

/**
 * Holds back what comes of many missed messages, but for the last of them: a
 * terminal cannot print it all in a time that somebody would wait.
 */
export class TerminalCatchUp {
  #newest: { event: HeldEvent; lines: string[] }[] | undefined;
  #passedOver = 0;
  #isComplete = false;

  /** Whether all has come and waits for its room to be shown. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Begins to hold back; what is still held back is passed over. */
  begin(): void {
    this.#passedOver += this.#newest?.length ?? 0;
    this.#newest = [];
    this.#isComplete = false;
  }

  /** Takes note that all has come while another room is shown. */
  complete(): void {
    this.#isComplete = true;
  }

  /**
   * Takes an event.
   *
   * @param event The event.
   * @param lines Its lines.
   * @returns Whether it is held back.
   */
  hold(event: ClientEvent, lines: string[]): boolean {
    const newest = this.#newest;
    if (newest === undefined) return false;
    if (event.type !== "message" && event.type !== "change") return false;
    // What is said here meanwhile is shown.
    if (event.type === "message" && event.delivery.state !== "stored") {
      return false;
    }
    newest.push({ event, lines });
    if (newest.length > SCREEN_EVENTS) {
      newest.shift();
      this.#passedOver++;
    }
    return true;
  }

  /**
   * Ends it.
   *
   * @returns What was held back.
   */
  end(): CaughtUp {
    const [newest, passedOver] = [this.#newest ?? [], this.#passedOver];
    this.#newest = undefined;
    this.#passedOver = 0;
    this.#isComplete = false;
    return { passedOver, newest };
  }
}
