/**
 * Typed face of `@std/cli`: the npm package has no types, and without them
 * every call would be `any`. Only what the project uses is declared.
 *
 * @module
 */

/** What `parseArgs` is told about the options of a program. */
export interface ParseOptions<Text extends string, Flag extends string> {
  /** Options with a value, which stays text. `_` keeps positionals text too. */
  readonly string: readonly Text[];
  /** Options without a value. */
  readonly boolean: readonly Flag[];
  /** The short name of an option, by its long name. */
  readonly alias?: Readonly<Record<string, string>>;
  /**
   * Is called with every argument that is none of the above, and with every
   * positional one (then without a key). `false` leaves it out of the result.
   */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The arguments by name; positional ones under `_`. */
export type ParsedArgs<Text extends string, Flag extends string> =
  & { readonly _: readonly string[] }
  & { readonly [Name in Exclude<Text, "_">]?: string }
  & { readonly [Name in Flag]: boolean };

/**
 * Sorts command-line arguments into options and positional ones.
 *
 * @param args The arguments after the program's name.
 * @param options The options of the program.
 * @returns The arguments by name. An option given without its value is `""`.
 */
export function parseArgs<Text extends string, Flag extends string>(
  args: readonly string[],
  options: ParseOptions<Text, Flag>,
): ParsedArgs<Text, Flag>;
