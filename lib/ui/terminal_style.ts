/**
 * How a terminal shows names, times and warnings.
 *
 * @module
 */

import {
  blue,
  bold,
  brightBlue,
  brightCyan,
  brightGreen,
  brightMagenta,
  brightYellow,
  cyan,
  dim,
  green,
  magenta,
  red,
  yellow,
} from "@std/fmt/colors";

/** Gives text a role. Only text that is printable by itself goes in. */
export interface TerminalStyle {
  /** What is not meant to be read first: times, notices. */
  quiet(text: string): string;
  /** What stands out. */
  strong(text: string): string;
  /** What needs attention. */
  warning(text: string): string;
  /** What failed. */
  error(text: string): string;
  /** A person's name, in a color of its own that is always the same. */
  name(name: string): string;
}

/** Readable on dark and on light ground; red means failure. */
const NAME_COLORS = [
  cyan,
  green,
  magenta,
  yellow,
  blue,
  brightCyan,
  brightGreen,
  brightMagenta,
  brightYellow,
  brightBlue,
];

const PLAIN: TerminalStyle = {
  quiet: same,
  strong: same,
  warning: same,
  error: same,
  name: same,
};

const COLORED: TerminalStyle = {
  quiet: dim,
  strong: bold,
  warning: yellow,
  error: red,
  name: (name) => bold(nameColor(name)(name)),
};

/**
 * Chooses how text is shown.
 *
 * @param colors Whether the output is a terminal and wants colors.
 * @returns The style.
 */
export function terminalStyle(colors: boolean): TerminalStyle {
  return colors ? COLORED : PLAIN;
}

/** FNV-1a: any hash would do, as long as it stays the same. */
function nameColor(name: string): (text: string) => string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return NAME_COLORS[hash % NAME_COLORS.length] ?? cyan;
}

function same(text: string): string {
  return text;
}
