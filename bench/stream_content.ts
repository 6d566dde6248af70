/**
 * What both ends of the stream measurement agree on.
 *
 * @module
 */

/** How much the application writes at once. */
export const CHUNK_BYTES: number = 64 * 1024;
/** A short message on stream 0: its time, and filling. */
export const NOTE_BYTES = 100;
/** There is no password to prove. */
export const SESSION_KEY: Uint8Array = new Uint8Array(64).fill(1);

/** The byte that belongs at an offset of the stream: every chunk has its own. */
export function chunkByte(offset: number): number {
  return Math.floor(offset / CHUNK_BYTES) & 0xff;
}

/** Microseconds by a clock that two processes of one machine share. */
export function sharedClockUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000);
}
