import { drawOperations, runOperations } from "./operations.ts";

const SEEDS = 100;

Deno.test(`any operations on a connection, then everything arrives, credit is back and it goes idle, ${SEEDS} seeds`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const drawn = drawOperations(seed);
    try {
      runOperations(seed, drawn);
    } catch (cause) {
      throw new Error(`seed ${seed} ${JSON.stringify(drawn)}`, { cause });
    }
  }
});
