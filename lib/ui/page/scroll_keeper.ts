/**
 * Keeps what a reader sees of a growing list where it is. By hand, because not
 * every engine anchors scrolling by itself.
 *
 * @module
 */

/// <reference lib="dom" />

/** Nearer to the end than this counts as being there: about a line of text. */
const END_TOLERANCE_PX = 24;

/**
 * The reader's place in a scrolling element that holds one list of bundles of
 * rows: at its end, which then stays in sight, or at some row, which then stays
 * still.
 */
export class ScrollKeeper {
  readonly #log: HTMLElement;
  /**
   * The topmost row in sight and where it lies in the list, which a scroll that
   * the engine has not told of yet does not change; undefined at the end.
   */
  #anchor: { readonly row: Element; readonly top: number } | undefined;
  /** How far down the end was when it was last gone to. */
  #endTop = 0;

  /**
   * Starts at the end.
   *
   * @param log The scrolling element.
   */
  constructor(log: HTMLElement) {
    this.#log = log;
    this.#pinEnd();
  }

  /** Whether the reader is at the end. */
  get isAtEnd(): boolean {
    return this.#anchor === undefined;
  }

  /** Goes to the end because the reader wants it. */
  scrollToEnd(): void {
    this.#pinEnd();
    // Engines scroll smoothly on their own thread. What was under way there
    // still moves us in the next frame.
    requestAnimationFrame(() => this.#pinEnd());
  }

  /** Takes notice of where the reader scrolled to. */
  handleScroll(): void {
    const row = this.#isEndInSight() ? undefined : topmostRow(this.#log);
    this.#anchor = row && { row, top: this.#topOf(row) };
  }

  /** Goes back to the place after the list or its room changed. */
  keepPlace(): void {
    if (this.#anchor !== undefined) {
      const { row, top } = this.#anchor;
      const moved = row.isConnected ? this.#topOf(row) - top : 0;
      // Even to set the same value would stop a smooth scroll under way; and
      // engines round where they scrolled to.
      if (Math.abs(moved) < 1) return;
      this.#anchor = { row, top: top + moved };
      this.#log.scrollTop += moved;
      return;
    }
    // Engines tell of a scroll only some time after it.
    const hasJustLeft = !this.#isEndInSight() &&
      this.#log.scrollTop < this.#endTop - END_TOLERANCE_PX;
    if (hasJustLeft) this.handleScroll();
    else this.#pinEnd();
  }

  #pinEnd(): void {
    this.#anchor = undefined;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#endTop = this.#log.scrollTop;
  }

  #isEndInSight(): boolean {
    const { scrollHeight, clientHeight, scrollTop } = this.#log;
    return scrollHeight - clientHeight - scrollTop <= END_TOLERANCE_PX;
  }

  #topOf(row: Element): number {
    return row.getBoundingClientRect().top -
      this.#log.getBoundingClientRect().top + this.#log.scrollTop;
  }
}

function topmostRow(log: HTMLElement): Element | undefined {
  const edge = log.getBoundingClientRect().top;
  const list = log.querySelector("[role=list]");
  const bundle = list && firstBelow(list.children, edge);
  return bundle ? firstBelow(bundle.children, edge) : undefined;
}

/** The first of elements in a column that reaches below an edge, by halving. */
function firstBelow(
  elements: HTMLCollection,
  edge: number,
): Element | undefined {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { bottom } = elements[middle]!.getBoundingClientRect();
    if (bottom <= edge) low = middle + 1;
    else high = middle;
  }
  return elements[low];
}
