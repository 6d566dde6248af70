/**
 * Stops on a broken invariant of our own. Never used for what a peer or a user sent: those have their own errors.
 *
 * @param condition What must hold.
 * @param message What was expected, for the person who reads the stack trace.
 * @throws {AssertionError} If the condition is false.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/**
 * Ends an exhaustive switch: a missing case fails to compile.
 *
 * @param value The value no case took.
 * @throws {AssertionError} Always.
 */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value: ${JSON.stringify(value)}`);
}

/** A bug of ours: an invariant did not hold. */
export class AssertionError extends Error {
  /** The name errors of this class print. */
  override readonly name = "AssertionError";
}
