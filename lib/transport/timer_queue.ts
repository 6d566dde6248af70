/** Outdated entries below this number are not worth a walk through all. */
const MIN_COMPACTED_ENTRIES = 64;

/** Something with a deadline that may move at any time. */
export interface Timed {
  /** When it wants to be called; undefined for never. */
  readonly deadlineUs: number | undefined;
}

/**
 * The earliest deadline among many. A deadline that moves later costs nothing until its old time comes: entries are
 * checked against the owner's current deadline only when they reach the top of the heap.
 */
export class TimerQueue<Owner extends Timed> {
  readonly #owners: Owner[] = [];
  readonly #times: number[] = [];
  /** The earliest entry of each owner. */
  readonly #scheduled = new Map<Owner, number>();

  /** Takes note of an owner's deadline, after anything that may have moved it. */
  update(owner: Owner): void {
    const deadlineUs = owner.deadlineUs;
    if (deadlineUs === undefined) return;
    const scheduledUs = this.#scheduled.get(owner);
    if (scheduledUs !== undefined && scheduledUs <= deadlineUs) return;
    this.#scheduled.set(owner, deadlineUs);
    this.#push(owner, deadlineUs);
    if (this.#times.length > 2 * this.#scheduled.size + MIN_COMPACTED_ENTRIES) {
      this.#compact();
    }
  }

  /** Forgets an owner; entries of it that remain are skipped. */
  remove(owner: Owner): void {
    this.#scheduled.delete(owner);
  }

  /** The earliest deadline; may be earlier than any owner's real one, never later. */
  get deadlineUs(): number | undefined {
    return this.#times[0];
  }

  /** Takes an owner whose deadline has passed, or undefined. */
  pollExpired(nowUs: number): Owner | undefined {
    while (this.#times.length > 0 && this.#times[0]! <= nowUs) {
      const timeUs = this.#times[0]!;
      const owner = this.#pop();
      if (this.#scheduled.get(owner) !== timeUs) continue;
      this.#scheduled.delete(owner);
      const deadlineUs = owner.deadlineUs;
      if (deadlineUs !== undefined && deadlineUs <= nowUs) return owner;
      this.update(owner);
    }
    return undefined;
  }

  /** Entries held, with those that were overtaken by earlier ones of their owner. */
  get entries(): number {
    return this.#times.length;
  }

  /** Drops the entries that count no more, once they are most. */
  #compact(): void {
    this.#times.length = this.#owners.length = 0;
    for (const [owner, timeUs] of this.#scheduled) this.#push(owner, timeUs);
  }

  #push(owner: Owner, timeUs: number): void {
    let index = this.#times.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#times[parent]! <= timeUs) break;
      this.#times[index] = this.#times[parent]!;
      this.#owners[index] = this.#owners[parent]!;
      index = parent;
    }
    this.#times[index] = timeUs;
    this.#owners[index] = owner;
  }

  #pop(): Owner {
    const top = this.#owners[0]!;
    const timeUs = this.#times.pop()!;
    const owner = this.#owners.pop()!;
    const length = this.#times.length;
    if (length === 0) return top;
    let index = 0;
    while (true) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#times[child + 1]! < this.#times[child]!) {
        child++;
      }
      if (this.#times[child]! >= timeUs) break;
      this.#times[index] = this.#times[child]!;
      this.#owners[index] = this.#owners[child]!;
      index = child;
    }
    this.#times[index] = timeUs;
    this.#owners[index] = owner;
    return top;
  }
}
