import type { Prng } from "../../lib/base/prng.ts";
import { US_PER_MS, US_PER_S } from "../../lib/base/time.ts";
import type { NetworkProfile } from "./network.ts";
import { drawProfile, PRESETS } from "./network_profile.ts";

/** Something that goes wrong at a time. Clients are numbered; -1 is the server. */
export type Fault =
  & { readonly atUs: number; readonly durationUs: number }
  & (
    /** Cut off, in one direction or both. */
    | {
      readonly type: "partition";
      readonly node: number;
      readonly direction: "from" | "to" | "both";
    }
    /** Another port or another network; the old address may still lead there. */
    | {
      readonly type: "move";
      readonly node: number;
      readonly toPort: boolean;
      readonly keepsOld: boolean;
    }
    /** Killed without a word, and started again when the time is over. */
    | { readonly type: "restart"; readonly node: number }
    | {
      readonly type: "sleep";
      readonly node: number;
      readonly queues: boolean;
      readonly timersFirst: boolean;
    }
    /** Every datagram arrives many times. */
    | { readonly type: "storm"; readonly copies: number }
    /** Copies of datagrams arrive from an address where nobody is. */
    | { readonly type: "spoof"; readonly percent: number }
    /** A client's connection dies, its network does not. */
    | { readonly type: "drop"; readonly node: number }
    /** Nothing more fits on the server's disk. */
    | { readonly type: "full" }
  );

/** All that makes a run, drawn from its seed. */
export interface SwarmOptions {
  readonly seed: number;
  readonly preset: string;
  readonly profile: NetworkProfile;
  readonly clients: number;
  readonly messagesPerClient: number;
  /** How many messages a server keeps in memory; the others it has to read. */
  readonly historyMessages: number;
  /** The slowest answer of the server's disk. */
  readonly diskLatencyUs: number;
  readonly activeUs: number;
  /** So many of the clients have claimed their names. */
  readonly members: number;
  /** Whether a client that was killed starts from what it has kept. */
  readonly keepsStores: boolean;
  /** What each client asks for in the way of rooms: to be in them or not. */
  readonly errandsPerClient: number;
  readonly faults: readonly Fault[];
}

const MAX_PARTITION_US = 40 * US_PER_S;
const MAX_SLEEP_US = 150 * US_PER_S;
const MAX_DOWN_US = 20 * US_PER_S;
const MAX_FULL_US = 40 * US_PER_S;

type FaultType = Fault["type"];

const FAULT_TYPES: readonly FaultType[] = [
  "partition",
  "move",
  "restart",
  "sleep",
  "storm",
  "spoof",
  "drop",
  "full",
];

/** Names of the networks a run may be in; `bad` is drawn anew each time. */
export const PRESET_NAMES: readonly string[] = [...Object.keys(PRESETS), "bad"];

/** Draws a run. Each kind of fault is off altogether in half of the runs. */
export function drawSwarm(
  prng: Prng,
  seed: number,
  presetAsked?: string,
): SwarmOptions {
  // Drawn even if it is given, so that the rest of the run is the same.
  const drawn = PRESET_NAMES[prng.below(PRESET_NAMES.length + 2)] ?? "bad";
  const preset = presetAsked ?? drawn;
  const bad = drawProfile(prng);
  const clients = prng.between(2, prng.ratio(1, 4) ? 8 : 4);
  const activeUs = prng.between(5, 60) * US_PER_S;
  const faults: Fault[] = [];
  for (const type of FAULT_TYPES) {
    if (prng.ratio(1, 2)) continue;
    for (let count = prng.between(1, 2); count > 0; count--) {
      const atUs = prng.below(activeUs);
      faults.push({ atUs, ...drawFault(prng, type, clients) });
    }
  }
  return {
    seed,
    preset,
    profile: PRESETS[preset] ?? bad,
    clients,
    messagesPerClient: prng.between(1, prng.ratio(1, 8) ? 200 : 20),
    historyMessages: prng.ratio(1, 2) ? prng.between(1, 8) : 1_000,
    diskLatencyUs: prng.between(1, prng.ratio(1, 2) ? 30 : 2_000) * US_PER_MS,
    activeUs,
    members: prng.ratio(1, 4) ? 0 : prng.between(0, clients),
    keepsStores: prng.ratio(1, 2),
    errandsPerClient: prng.ratio(1, 4) ? 0 : prng.between(1, 15),
    faults: faults.sort((a, b) => a.atUs - b.atUs),
  };
}

/** `Omit` on each member of a union. */
type WithoutTime<T> = T extends unknown ? Omit<T, "atUs"> : never;

function drawFault(
  prng: Prng,
  type: FaultType,
  clients: number,
): WithoutTime<Fault> {
  const upTo = (limitUs: number) => {
    // Short ones and long ones are both of interest.
    const exponent = prng.below(8);
    return prng.between(
      US_PER_MS,
      Math.max(limitUs >> exponent, 2 * US_PER_MS),
    );
  };
  const node = prng.below(clients);
  const any = prng.ratio(1, 4) ? -1 : node;
  switch (type) {
    case "partition": {
      const direction = (["from", "to", "both"] as const)[prng.below(3)]!;
      return { type, node: any, direction, durationUs: upTo(MAX_PARTITION_US) };
    }
    case "move": {
      const [toPort, keepsOld] = [prng.ratio(1, 2), prng.ratio(1, 2)];
      return { type, node, toPort, keepsOld, durationUs: 0 };
    }
    case "restart":
      return { type, node: any, durationUs: upTo(MAX_DOWN_US) };
    case "sleep": {
      const [queues, timersFirst] = [prng.ratio(1, 2), prng.ratio(1, 2)];
      const durationUs = upTo(MAX_SLEEP_US);
      return { type, node: any, queues, timersFirst, durationUs };
    }
    case "storm":
      return {
        type,
        copies: prng.between(3, 12),
        durationUs: upTo(5 * US_PER_S),
      };
    case "spoof":
      return {
        type,
        percent: prng.between(1, 50),
        durationUs: upTo(10 * US_PER_S),
      };
    case "drop":
      return { type, node, durationUs: 0 };
    case "full":
      return { type, durationUs: upTo(MAX_FULL_US) };
  }
}
