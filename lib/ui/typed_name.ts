/**
 * Names of people as they are typed in a command.
 *
 * @module
 */

/** A name, and what was typed after it. */
export interface NameAndRest {
  /** The name, without quotation marks. */
  readonly name: string;
  /** Whether it stood in quotation marks. */
  readonly isQuoted: boolean;
  /** What follows, without white space around it. */
  readonly rest: string;
}

/**
 * Reads a name that other things may follow: one word, or several in quotation
 * marks. It may be typed as it is mentioned.
 *
 * @param text What was typed.
 * @returns The name; undefined if there is none.
 */
export function readNameAndRest(text: string): NameAndRest | undefined {
  const [, quoted, plain, rest = ""] = NAME_AND_REST.exec(text) ?? [];
  const name = quoted ?? plain;
  if (name === undefined) return undefined;
  return { name, isQuoted: quoted !== undefined, rest: rest.trim() };
}

/**
 * Reads a name that nothing follows, so that it needs no quotation marks.
 *
 * @param text What was typed.
 * @returns The name; undefined if there is none.
 */
export function readWholeName(text: string): string | undefined {
  const name = text.replace(/^@/, "").replace(/^"([^"]*)"$/, "$1").trim();
  return name === "" ? undefined : name;
}

const NAME_AND_REST = /^@?(?:"([^"]+)"|([^\s"]\S*))(?:\s+([^]*))?$/;
