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

/** A network that keeps its pace and limits, but harms no datagram any more. */
export function calm(profile: NetworkProfile): NetworkProfile {
  return {
    ...profile,
    lossPercent: 0,
    duplicatePercent: 0,
    reorderPercent: 0,
    corruptPercent: 0,
  };
}

/** Networks people sit in, from good to bad. */
export const PRESETS: Readonly<Record<string, NetworkProfile>> = {
  lan: {
    lossPercent: 0,
    duplicatePercent: 0,
    reorderPercent: 0,
    corruptPercent: 0,
    delayUs: 300,
    jitterUs: 200,
  },
  homeWifi: {
    lossPercent: 1,
    duplicatePercent: 0,
    reorderPercent: 2,
    corruptPercent: 0,
    delayUs: 3_000,
    jitterUs: 10_000,
    bytesPerSecond: 3_000_000,
    queueBytes: 256_000,
  },
  lossyWifi: {
    lossPercent: 15,
    duplicatePercent: 2,
    reorderPercent: 10,
    corruptPercent: 1,
    delayUs: 5_000,
    jitterUs: 30_000,
    bytesPerSecond: 1_000_000,
    queueBytes: 128_000,
  },
  congested: {
    lossPercent: 2,
    duplicatePercent: 0,
    reorderPercent: 1,
    corruptPercent: 0,
    delayUs: 20_000,
    jitterUs: 10_000,
    bytesPerSecond: 60_000,
    queueBytes: 24_000,
  },
  cellular: {
    lossPercent: 3,
    duplicatePercent: 1,
    reorderPercent: 5,
    corruptPercent: 0,
    delayUs: 60_000,
    jitterUs: 60_000,
    bytesPerSecond: 250_000,
    queueBytes: 200_000,
    mtuBytes: 1_400,
  },
  satellite: {
    lossPercent: 2,
    duplicatePercent: 0,
    reorderPercent: 0,
    corruptPercent: 0,
    delayUs: 300_000,
    jitterUs: 20_000,
    bytesPerSecond: 125_000,
    queueBytes: 120_000,
  },
};
