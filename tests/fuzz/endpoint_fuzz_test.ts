import { EndpointFuzz } from "./endpoint_fuzz.ts";

const CASES = 5_000;

Deno.test("fuzz Endpoint in every phase, from outside and by a peer that has the keys", () => {
  for (const seed of [1, 2]) {
    const fuzz = new EndpointFuzz(seed);
    for (let index = 0; index < CASES; index++) {
      try {
        fuzz.step();
      } catch (cause) {
        throw new Error(`seed ${seed}, case ${index}`, { cause });
      }
    }
  }
});
