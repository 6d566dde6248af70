/**
 * The version of both programs.
 *
 * @module
 */

import project from "../../deno.json" with { type: "json" };

/** The version, as `deno.json` names it. */
export const VERSION: string = project.version;
