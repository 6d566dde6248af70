import {
  readTypedLine,
  type TypedLine,
} from "../../../lib/ui/slash_command.ts";

/**
 * Reads what was typed into a room in which nothing was said.
 *
 * @param line What was typed.
 * @returns What it means.
 */
export function readLine(line: string): TypedLine {
  return readTypedLine(line, {
    sequenceOf: () => undefined,
    lastOwn: undefined,
    hasReacted: () => false,
  });
}
