import { RangeSet } from "../base/range_set.ts";
import { TransportError, TransportErrorCode } from "../wire/error_code.ts";
import { MAX_REORDERED_PIECES } from "./transport_config.ts";

/**
 * The receiving half of a byte stream: puts pieces into order and counts what was read, for flow control. Also serves
 * the login, whose bytes are a stream of their own.
 */
export class ReceiveStream {
  /** The stream's ID, or -1 for the login. */
  readonly streamId: number;
  /** Highest offset we let the peer send (exclusive). */
  maxOffset: number;
  /** Bytes handed to the reader. */
  readOffset = 0;
  /** One past the highest byte that arrived. */
  highestOffset = 0;
  /** Length of the whole stream, once its end is known. */
  finalSize: number | undefined;
  readonly #received = new RangeSet();
  /** Pieces above `readOffset`, ascending, not touching each other's bytes. */
  #pieces: { offset: number; bytes: Uint8Array }[] = [];

  /**
   * Creates the receive stream.
   *
   * @param streamId The stream's ID, or -1 for the login.
   * @param maxOffset The credit the peer starts with.
   */
  constructor(streamId: number, maxOffset: number) {
    this.streamId = streamId;
    this.maxOffset = maxOffset;
  }

  /** True if `read` would return bytes. */
  get isReadable(): boolean {
    return this.#pieces.length > 0 &&
      this.#pieces[0]!.offset === this.readOffset;
  }

  /** True once everything up to the end was read. */
  get isDone(): boolean {
    return this.finalSize === this.readOffset;
  }

  /**
   * Takes a piece that arrived.
   *
   * @param offset Position of the first byte.
   * @param data Borrowed: copied where kept.
   * @param fin True if the stream ends after it.
   * @param frameType For the error.
   * @returns How far the highest offset moved: what the piece costs of the connection's credit.
   * @throws {TransportError} If it exceeds the credit, contradicts the known length or is too scattered.
   */
  handleData(
    offset: number,
    data: Uint8Array,
    options: { fin: boolean; frameType: number },
  ): number {
    const end = offset + data.length;
    const { frameType } = options;
    if (end > this.maxOffset) {
      throw new TransportError(
        TransportErrorCode.flowControl,
        frameType,
        "beyond the stream's credit",
      );
    }
    if (options.fin) this.setFinalSize(end, frameType);
    else if (this.finalSize !== undefined && end > this.finalSize) {
      throw new TransportError(
        TransportErrorCode.finalSize,
        frameType,
        "bytes after the end",
      );
    }
    const growth = Math.max(0, end - this.highestOffset);
    this.highestOffset += growth;
    this.#store(offset, data, frameType);
    return growth;
  }

  /**
   * Fixes the length of the stream.
   *
   * @param size The length.
   * @param frameType For the error.
   * @throws {TransportError} If it exceeds the credit, differs from an earlier one or lies below what arrived.
   */
  setFinalSize(size: number, frameType: number): void {
    if (size > this.maxOffset) {
      throw new TransportError(
        TransportErrorCode.flowControl,
        frameType,
        "beyond the stream's credit",
      );
    }
    if (
      (this.finalSize !== undefined && this.finalSize !== size) ||
      size < this.highestOffset
    ) {
      throw new TransportError(
        TransportErrorCode.finalSize,
        frameType,
        "the stream's length changed",
      );
    }
    this.finalSize = size;
  }

  /** The next bytes in order, or undefined. The array belongs to the caller. */
  read(): Uint8Array | undefined {
    if (!this.isReadable) return undefined;
    const piece = this.#pieces.shift()!;
    this.readOffset += piece.bytes.length;
    this.#received.removeBelow(this.readOffset);
    return piece.bytes;
  }

  /**
   * Forgets all that was not read, as if it had been.
   *
   * @returns How far the read offset moved, for the connection's credit.
   */
  discard(): number {
    const skipped = this.highestOffset - this.readOffset;
    this.readOffset = this.highestOffset;
    this.#pieces = [];
    this.#received.clear();
    return skipped;
  }

  #store(offset: number, data: Uint8Array, frameType: number): void {
    const end = offset + data.length;
    let start = Math.max(offset, this.readOffset);
    if (start >= end) return;
    // The common case: everything so far arrived in order, and this comes next.
    const last = this.#pieces[this.#pieces.length - 1];
    if (last === undefined || last.offset + last.bytes.length <= start) {
      this.#pieces.push({ offset: start, bytes: data.slice(start - offset) });
      this.#received.add(start, end);
    } else {
      for (const [gapStart, gapEnd] of this.#gaps(start, end)) {
        start = gapStart;
        this.#insert({
          offset: start,
          bytes: data.slice(start - offset, gapEnd - offset),
        });
      }
      this.#received.add(
        offset < this.readOffset ? this.readOffset : offset,
        end,
      );
    }
    if (this.#pieces.length > MAX_REORDERED_PIECES) this.#merge(frameType);
  }

  /** Parts of [start, end) that have not arrived yet. */
  #gaps(start: number, end: number): [number, number][] {
    const gaps: [number, number][] = [];
    for (let i = 0; i < this.#received.size && start < end; i++) {
      if (this.#received.end(i) <= start) continue;
      if (this.#received.start(i) >= end) break;
      if (this.#received.start(i) > start) {
        gaps.push([start, this.#received.start(i)]);
      }
      start = this.#received.end(i);
    }
    if (start < end) gaps.push([start, end]);
    return gaps;
  }

  #insert(piece: { offset: number; bytes: Uint8Array }): void {
    let index = this.#pieces.length;
    while (index > 0 && this.#pieces[index - 1]!.offset > piece.offset) index--;
    this.#pieces.splice(index, 0, piece);
  }

  /** Joins neighbours, so that small pieces do not pin many small arrays. */
  #merge(frameType: number): void {
    if (this.#received.size > MAX_REORDERED_PIECES / 2) {
      throw new TransportError(
        TransportErrorCode.internalError,
        frameType,
        "the stream is too scattered",
      );
    }
    const merged: { offset: number; bytes: Uint8Array }[] = [];
    for (const [start, end] of this.#received) {
      merged.push({ offset: start, bytes: new Uint8Array(end - start) });
    }
    let index = 0;
    for (const piece of this.#pieces) {
      while (
        piece.offset >= merged[index]!.offset + merged[index]!.bytes.length
      ) index++;
      merged[index]!.bytes.set(
        piece.bytes,
        piece.offset - merged[index]!.offset,
      );
    }
    this.#pieces = merged;
  }
}
