/** Damaged rows of a client's room file: StoreError and nothing else. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import {
  decodeOutgoing,
  decodeRoom,
  decodeSeen,
  encodeOutgoing,
  encodeRoom,
  encodeSeen,
} from "../../lib/store/client_rows.ts";
import { StoreError } from "../../lib/store/store_error.ts";
import { FUZZED_ACTS } from "./fuzzed_acts.ts";
import { mutate } from "./mutation.ts";

const RUNS = 20_000;
const ROOM = {
  kind: "private",
  room: "Lab",
  self: "Ani",
  openRoom: true,
  topic: "rain",
  messageLimitCharacters: 10,
  fingerprint: "ABCD",
} as const;
const BODIES: readonly Uint8Array[] = [
  encodeRoom(ROOM),
  ...FUZZED_ACTS.flatMap((act) => [
    encodeOutgoing({ id: new Uint8Array(16), act }),
    encodeSeen({ sequence: 1, author: "Ani", accountId: 7, act, timeMs: 1 }),
  ]),
];
const DECODERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  (message) => decodeOutgoing({ message, time_ms: 1 }, "room"),
  (message) => decodeSeen({ message, own: 1 }, "room"),
  (bytes) => decodeRoom(bytes, "room"),
];

Deno.test("fuzz decodeOutgoing(), decodeSeen() and decodeRoom() throw StoreError only", () => {
  const prng = new Prng("client rows");
  let refused = 0;
  for (let run = 0; run < RUNS; run++) {
    const body = BODIES[prng.below(BODIES.length)]!;
    const bytes = prng.ratio(1, 4) ? body : mutate(prng, body);
    const decode = DECODERS[prng.below(DECODERS.length)]!;
    try {
      decode(bytes);
    } catch (error) {
      assertInstanceOf(error, StoreError);
      assertEquals(error.code, "corrupt");
      refused++;
    }
  }
  assert(refused > RUNS / 4 && refused < RUNS, `${refused} of ${RUNS}`);
});
