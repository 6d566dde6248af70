/**
 * Positions against a slow oracle.
 *
 * Goal: after any history of a room, once it ticks at rest, the last receipt
 * that an author was given of a message says how many have it, and what was
 * never given has not come to anybody.
 *
 * Method: the oracle keeps every person's position and presence as plain facts
 * and counts them for each message. What an author was told is folded from the
 * ticks. Once all have read a message it is settled, and what comes later is not
 * told.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { US_PER_S } from "../../lib/base/time.ts";
import { MAX_RECEIPT_MESSAGES } from "../../lib/chat/limits.ts";
import { Positions, type Receipt } from "../../lib/chat/positions.ts";

const PERSONS = ["ann", "bob", "eve", "ian"];

const person = fc.constantFrom(...PERSONS);

const step = fc.oneof(
  fc.record({ type: fc.constant("enter" as const), person }),
  fc.record({ type: fc.constant("leave" as const), person }),
  fc.record({ type: fc.constant("addMember" as const), person }),
  fc.record({ type: fc.constant("removeMember" as const), person }),
  fc.record({ type: fc.constant("publish" as const), person }),
  fc.record({
    type: fc.constant("position" as const),
    person,
    delivered: fc.nat(60),
    read: fc.nat(60),
  }),
  fc.record({ type: fc.constant("tick" as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Fact {
  delivered: number;
  read: number;
  isPresent: boolean;
  isMember: boolean;
}

Deno.test("Positions says the truth at rest", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const room = new World();
      for (const next of steps) room.take(next);
      room.tick();
      for (const author of PERSONS) room.check(author);
    }),
    { numRuns: 500 },
  );
});

class World {
  readonly #positions = new Positions(0);
  readonly #facts = new Map(PERSONS.map((person): [string, Fact] => [
    person,
    { delivered: 0, read: 0, isPresent: false, isMember: false },
  ]));
  readonly #written = new Map<number, string>();
  readonly #told = new Map<number, Receipt>();
  readonly #settled = new Set<number>();
  #lastSequence = 0;
  #nowUs = 0;

  take(next: Step): void {
    if (next.type === "tick") return this.tick();
    const fact = this.#facts.get(next.person)!;
    switch (next.type) {
      case "enter":
        this.#positions.enter(next.person);
        fact.isPresent = true;
        return;
      case "leave":
        this.#positions.leave(next.person);
        fact.isPresent = false;
        return;
      case "addMember":
        this.#positions.addMember(next.person);
        fact.isMember = true;
        return;
      case "removeMember":
        this.#positions.removeMember(next.person);
        fact.isMember = false;
        return;
      case "publish":
        this.#positions.handlePublished(++this.#lastSequence, next.person);
        this.#written.set(this.#lastSequence, next.person);
        return;
      case "position": {
        this.#positions.handlePosition(next.person, next);
        if (!isCounted(fact)) return;
        const delivered = Math.min(next.delivered, this.#lastSequence);
        fact.delivered = Math.max(fact.delivered, delivered);
        fact.read = Math.max(fact.read, Math.min(next.read, delivered));
      }
    }
  }

  tick(): void {
    this.#nowUs += US_PER_S;
    const { receipts } = this.#positions.handleTimeout(this.#nowUs);
    for (const { person, receipts: own } of receipts) {
      for (const receipt of own) {
        assertEquals(this.#written.get(receipt.sequence), person);
        this.#told.set(receipt.sequence, receipt);
        const { read, of } = receipt;
        if (read === of && of > 0) this.#settled.add(receipt.sequence);
      }
    }
  }

  check(author: string): void {
    if (!this.#facts.get(author)!.isPresent) return;
    const own = Array.from(this.#written).filter(([, who]) => who === author);
    for (const [sequence] of own.slice(-MAX_RECEIPT_MESSAGES)) {
      if (this.#settled.has(sequence)) continue;
      const told = this.#told.get(sequence);
      const others = Array.from(this.#facts).filter(([person, fact]) =>
        person !== author && isCounted(fact)
      ).map(([, fact]) => fact);
      const truth: Receipt = {
        sequence,
        delivered: others.filter((fact) => fact.delivered >= sequence).length,
        read: others.filter((fact) => fact.read >= sequence).length,
        of: others.length,
      };
      if (told === undefined) assertEquals(truth.delivered, 0);
      else assertEquals(told, truth);
    }
  }
}

function isCounted({ isPresent, isMember }: Fact): boolean {
  return isPresent || isMember;
}
