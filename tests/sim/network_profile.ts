import type { Prng } from "../../lib/base/prng.ts";
import type { NetworkProfile } from "./network.ts";

/** Draws a network with up to 30 % loss; each fault is off altogether in a third of the runs. */
export function drawProfile(prng: Prng): NetworkProfile {
  const upTo = (limit: number) => prng.ratio(1, 3) ? 0 : prng.below(limit + 1);
  return {
    lossPercent: upTo(30),
    duplicatePercent: upTo(20),
    reorderPercent: upTo(30),
    corruptPercent: upTo(10),
    delayUs: prng.between(100, 80_000),
    jitterUs: prng.below(20_000),
  };
}
