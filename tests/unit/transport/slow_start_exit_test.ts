/** The rounds of RFC 9406 section 4.2, by hand. */
import { assertEquals } from "@std/assert";
import { SlowStartExit } from "../../../lib/transport/slow_start_exit.ts";

/** Rounds of ten ACKs each, in which every sample is the same. */
class Rounds {
  readonly exit = new SlowStartExit();
  #next = 0;

  /** @returns Whether slow start is over after this round. */
  run(rttUs: number, acks = 10): boolean {
    let isOver = false;
    const end = this.#next + acks;
    while (this.#next < end) {
      const largestAcked = this.#next++;
      isOver ||= this.exit.onAcked({
        bytes: 1_200,
        largestSentUs: 0,
        largestAcked,
        nextPacketNumber: end,
        priorInFlightBytes: 1_000_000,
        latestRttUs: rttUs,
        smoothedRttUs: rttUs,
        nowUs: 0,
      });
    }
    return isOver;
  }
}

Deno.test("SlowStartExit goes on while the round-trip time stays", () => {
  const rounds = new Rounds();
  for (let i = 0; i < 50; i++) assertEquals(rounds.run(40_000), false);
  assertEquals(rounds.exit.isCareful, false);
});

Deno.test("SlowStartExit becomes careful when the time rises by an eighth", () => {
  const rounds = new Rounds();
  rounds.run(40_000);
  rounds.run(44_999);
  assertEquals(rounds.exit.isCareful, false);
  rounds.run(44_999 + 5_625);
  assertEquals(rounds.exit.isCareful, true);
});

Deno.test("SlowStartExit counts no rise below four milliseconds, and every rise of sixteen", () => {
  const short = new Rounds();
  short.run(1_000);
  short.run(4_999);
  assertEquals(short.exit.isCareful, false);
  short.run(8_999);
  assertEquals(short.exit.isCareful, true);
  const long = new Rounds();
  long.run(400_000);
  long.run(416_000);
  assertEquals(long.exit.isCareful, true);
});

Deno.test("SlowStartExit is over after five careful rounds", () => {
  const rounds = new Rounds();
  rounds.run(40_000);
  rounds.run(60_000);
  const over: boolean[] = [];
  for (let i = 0; i < 6; i++) over.push(rounds.run(60_000));
  assertEquals(over.indexOf(true), 4);
});

Deno.test("SlowStartExit resumes when the rise was none", () => {
  const rounds = new Rounds();
  rounds.run(40_000);
  rounds.run(60_000);
  assertEquals(rounds.exit.isCareful, true);
  rounds.run(41_000);
  assertEquals(rounds.exit.isCareful, false);
});

Deno.test("SlowStartExit judges no round of few samples", () => {
  const rounds = new Rounds();
  rounds.run(40_000);
  rounds.run(90_000, 7);
  assertEquals(rounds.exit.isCareful, false);
});
