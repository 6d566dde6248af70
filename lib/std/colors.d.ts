/**
 * Typed face of `@std/fmt/colors`: the npm package has no types, and without
 * them every call would be `any`. Only what the project uses is declared.
 * Where `NO_COLOR` is set, all of these return the text as it is.
 *
 * @module
 */

/** Blue text. */
export function blue(str: string): string;

/** Bold text. */
export function bold(str: string): string;

/** Bright blue text. */
export function brightBlue(str: string): string;

/** Bright cyan text. */
export function brightCyan(str: string): string;

/** Bright green text. */
export function brightGreen(str: string): string;

/** Bright magenta text. */
export function brightMagenta(str: string): string;

/** Bright yellow text. */
export function brightYellow(str: string): string;

/** Cyan text. */
export function cyan(str: string): string;

/** Dim text. */
export function dim(str: string): string;

/** Green text. */
export function green(str: string): string;

/** Magenta text. */
export function magenta(str: string): string;

/** Red text. */
export function red(str: string): string;

/** Yellow text. */
export function yellow(str: string): string;

/** The text without the escape sequences that color it. */
export function stripAnsiCode(string: string): string;
