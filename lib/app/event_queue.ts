/**
 * Events that are kept before anybody has asked for them. Once somebody reads,
 * nothing is dropped: who is slow is waited for.
 */
export const MAX_QUEUED_EVENTS = 1_000;

/** What an {@linkcode EventQueue} tells. */
export interface EventQueueOptions {
  /** Called when events should come no faster, and when they may come again. */
  readonly onFull: (isFull: boolean) => void;
}

/**
 * Hands events to one reader, in order. Without a reader the oldest are
 * dropped; with one the source is asked to wait.
 */
export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  readonly #options: EventQueueOptions;
  #events: Event[] = [];
  #isRead = false;
  #isFull = false;
  #end: { readonly error: unknown } | "ended" | undefined;
  #waiting: PromiseWithResolvers<IteratorResult<Event>> | undefined;

  /**
   * Creates an empty queue.
   *
   * @param options What it tells.
   */
  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** Adds an event. */
  push(event: Event): void {
    if (this.#end !== undefined) return;
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: event });
      return;
    }
    this.#events.push(event);
    if (this.#events.length <= MAX_QUEUED_EVENTS) return;
    if (this.#isRead) this.#setFull(true);
    else this.#events.shift();
  }

  /**
   * Ends the queue; what is in it can still be read.
   *
   * @param error What the reader is to throw at the end, if anything.
   */
  end(error?: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error === undefined ? "ended" : { error };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (error === undefined) waiting?.resolve(DONE);
    else waiting?.reject(error);
  }

  /** Gives the next event, when there is one. */
  next(): Promise<IteratorResult<Event>> {
    this.#isRead = true;
    const event = this.#events.shift();
    if (event !== undefined) {
      if (this.#events.length < MAX_QUEUED_EVENTS / 2) this.#setFull(false);
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#end === "ended") return Promise.resolve(DONE);
    if (this.#end !== undefined) return Promise.reject(this.#end.error);
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Takes note that the reader stops, as `break` in a loop does. */
  return(): Promise<IteratorResult<Event>> {
    this.#isRead = false;
    this.#setFull(false);
    return Promise.resolve(DONE);
  }

  /** The queue itself: it has one reader at a time. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #setFull(isFull: boolean): void {
    if (this.#isFull === isFull) return;
    this.#isFull = isFull;
    this.#options.onFull(isFull);
  }
}

const DONE = { done: true, value: undefined } as const;
