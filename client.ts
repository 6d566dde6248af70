/**
 * `gas-client`: the chat client.
 *
 * @module
 */

import { runClient } from "./lib/app/client_program.ts";

Deno.exit(
  await runClient({ url: import.meta.url, dirname: import.meta.dirname }),
);
