import { assert } from "../base/assert.ts";
import { RangeSet } from "../base/range_set.ts";

/** A piece of a stream to put into a packet. */
export interface Piece {
  /** Position in the stream. */
  offset: number;
  /** Bytes; 0 only for a bare end mark. */
  length: number;
  /** True if the stream ends after this piece. */
  fin: boolean;
}

/**
 * The sending half of a byte stream: what was written and not yet acknowledged, and which of it to send next. Written
 * arrays are kept by reference until they are acknowledged, so that one encoded chat message serves every receiver.
 */
export class SendBuffer {
  /** The stream this feeds; -1 for the login. */
  readonly streamId: number;
  /** Highest offset the peer lets us send (exclusive). */
  maxOffset: number;
  #chunks: Uint8Array[] = [];
  /** Index of the first chunk still held, and its offset in the stream. */
  #headChunk = 0;
  #headOffset = 0;
  /** The chunk that holds the next new byte, and that chunk's offset: where nearly every copy starts. */
  #cursorChunk = 0;
  #cursorOffset = 0;
  /** Everything below is acknowledged. */
  #ackedOffset = 0;
  #nextOffset = 0;
  #endOffset = 0;
  #finished = false;
  #finSent = false;
  #finAcked = false;
  readonly #acked = new RangeSet();
  readonly #lost = new RangeSet();
  /** Whom to tell when no more than `#drainMark` bytes are held; the mark is -1 where nobody asks. */
  #drainMark = -1;
  #onDrained: () => void = () => {};

  /**
   * Creates the send buffer.
   *
   * @param streamId The stream's ID, or -1 for the login.
   * @param maxOffset The peer's initial credit.
   */
  constructor(streamId: number, maxOffset: number) {
    this.streamId = streamId;
    this.maxOffset = maxOffset;
  }

  /** Bytes written and not yet acknowledged. */
  get bufferedBytes(): number {
    return this.#endOffset - this.#ackedOffset;
  }

  /** Offset after the last byte that was ever sent. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** True once the end is marked: nothing more is written. */
  get isFinished(): boolean {
    return this.#finished;
  }

  /** True once everything including the end mark was acknowledged. */
  get isDone(): boolean {
    return this.#finAcked && this.#ackedOffset === this.#endOffset;
  }

  /** True if there is something to send that needs no new credit: lost bytes, or a bare end mark. */
  get hasUncredited(): boolean {
    return this.#lost.size > 0 ||
      (this.#finished && !this.#finSent &&
        this.#nextOffset === this.#endOffset);
  }

  /** True if new bytes wait and the stream's credit lets some of them go. */
  get hasNew(): boolean {
    return this.#nextOffset < Math.min(this.#endOffset, this.maxOffset);
  }

  /** True if new bytes wait for the peer's credit. */
  get isBlocked(): boolean {
    return this.#nextOffset === this.maxOffset &&
      this.#nextOffset < this.#endOffset;
  }

  /**
   * Appends bytes.
   *
   * @param bytes Kept by reference until acknowledged; must not change.
   */
  write(bytes: Uint8Array): void {
    assert(!this.#finished, "nothing is written after the end");
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#endOffset += bytes.length;
  }

  /**
   * Asks to be told, once, that no more than so many bytes wait for their acknowledgement. A later question replaces an
   * earlier one.
   *
   * @param bytes How many may wait.
   * @param onDrained Called at once if no more wait now.
   */
  whenDrained(bytes: number, onDrained: () => void): void {
    this.#drainMark = bytes;
    this.#onDrained = onDrained;
    this.#checkDrained();
  }

  /** Marks the end of the stream. */
  finish(): void {
    this.#finished = true;
  }

  /**
   * Chooses the next piece, lost bytes first, and marks it as sent.
   *
   * @param maxLength Room in the packet for the piece's bytes.
   * @param newCredit New bytes that connection flow control allows.
   * @param piece Filled with the choice.
   * @returns False if nothing fits.
   */
  take(maxLength: number, newCredit: number, piece: Piece): boolean {
    if (this.#lost.size > 0) {
      if (maxLength <= 0) return false;
      piece.offset = this.#lost.start(0);
      piece.length = Math.min(this.#lost.end(0) - piece.offset, maxLength);
      this.#lost.remove(piece.offset, piece.offset + piece.length);
    } else {
      piece.offset = this.#nextOffset;
      const sendable = Math.min(this.#endOffset, this.maxOffset) -
        this.#nextOffset;
      piece.length = Math.min(sendable, maxLength, newCredit);
      if (piece.length < 0) piece.length = 0;
      this.#nextOffset += piece.length;
    }
    piece.fin = this.#finished && !this.#finSent &&
      piece.offset + piece.length === this.#endOffset;
    if (piece.fin) this.#finSent = true;
    return piece.length > 0 || piece.fin;
  }

  /**
   * Copies a taken piece into a packet.
   *
   * @param target The packet's buffer.
   * @param position Where the piece goes.
   * @param piece What `take` chose.
   */
  copy(target: Uint8Array, position: number, piece: Piece): void {
    const fromCursor = piece.offset >= this.#cursorOffset;
    let chunk = fromCursor ? this.#cursorChunk : this.#headChunk;
    let chunkOffset = fromCursor ? this.#cursorOffset : this.#headOffset;
    let offset = piece.offset;
    const end = piece.offset + piece.length;
    while (offset < end) {
      const bytes = this.#chunks[chunk]!;
      const chunkEnd = chunkOffset + bytes.length;
      if (offset < chunkEnd) {
        const within = offset - chunkOffset;
        const length = Math.min(chunkEnd, end) - offset;
        copyBytes(bytes, within, { target, position, length });
        position += length;
        offset += length;
      }
      if (offset < chunkEnd) break;
      chunk++;
      chunkOffset = chunkEnd;
    }
    if (end === this.#nextOffset) {
      this.#cursorChunk = chunk;
      this.#cursorOffset = chunkOffset;
    }
  }

  /** The peer has these bytes: what is held of them is let go. */
  onAcked(offset: number, length: number, fin: boolean): void {
    if (fin) this.#finAcked = true;
    const end = offset + length;
    if (this.#lost.size > 0) this.#lost.remove(offset, end);
    if (end <= this.#ackedOffset) return;
    if (offset <= this.#ackedOffset) this.#ackedOffset = end;
    else this.#acked.add(offset, end);
    while (this.#acked.size > 0 && this.#acked.start(0) <= this.#ackedOffset) {
      this.#ackedOffset = Math.max(this.#ackedOffset, this.#acked.end(0));
      this.#acked.removeBelow(this.#ackedOffset);
    }
    this.#release();
    this.#checkDrained();
  }

  /** These bytes are believed lost: those not acknowledged meanwhile are sent again. */
  onLost(offset: number, length: number, fin: boolean): void {
    if (fin && !this.#finAcked) this.#finSent = false;
    const start = Math.max(offset, this.#ackedOffset);
    const end = offset + length;
    if (start >= end) return;
    this.#lost.add(start, end);
    for (let i = 0; i < this.#acked.size && this.#acked.start(i) < end; i++) {
      this.#lost.remove(this.#acked.start(i), this.#acked.end(i));
    }
  }

  /** Lets everything go: the stream was reset. */
  discard(): void {
    this.#chunks = [];
    this.#headChunk = this.#cursorChunk = 0;
    this.#ackedOffset =
      this.#headOffset =
      this.#nextOffset =
      this.#cursorOffset =
        this.#endOffset;
    this.#lost.clear();
    this.#acked.clear();
    this.#finished = this.#finSent = this.#finAcked = true;
    this.#drainMark = -1;
  }

  #checkDrained(): void {
    if (this.bufferedBytes > this.#drainMark) return;
    this.#drainMark = -1;
    this.#onDrained();
  }

  /** Lets go of the chunks whose bytes are all acknowledged. */
  #release(): void {
    while (this.#headChunk < this.#chunks.length) {
      const chunkEnd = this.#headOffset + this.#chunks[this.#headChunk]!.length;
      if (chunkEnd > this.#ackedOffset) break;
      this.#chunks[this.#headChunk++] = NOTHING;
      this.#headOffset = chunkEnd;
    }
    if (
      this.#headChunk < this.#chunks.length && this.#headChunk < COMPACT_CHUNKS
    ) return;
    this.#chunks.splice(0, this.#headChunk);
    this.#cursorChunk -= this.#headChunk;
    this.#headChunk = 0;
  }
}

function copyBytes(
  source: Uint8Array,
  start: number,
  to: { target: Uint8Array; position: number; length: number },
): void {
  // A chat message is short: below this length a loop beats making a view for set().
  if (to.length <= 48) {
    for (let i = 0; i < to.length; i++) {
      to.target[to.position + i] = source[start + i]!;
    }
  } else {
    to.target.set(source.subarray(start, start + to.length), to.position);
  }
}

/** Stands where a released chunk was. */
const NOTHING = new Uint8Array(0);
/** Released slots that may stay before the array is moved up: keeps the move rare and the garbage small. */
const COMPACT_CHUNKS = 256;
