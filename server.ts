/**
 * `gas-server`: the chat server.
 *
 * @module
 */

import { runServer } from "./lib/app/server_program.ts";

Deno.exit(
  await runServer({ url: import.meta.url, dirname: import.meta.dirname }),
);
