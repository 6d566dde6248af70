/**
 * A client that is given 10,000 lines at once, at a server with its default
 * limits.
 *
 * Goal: every line is stored, in order, and none is refused, whatever the
 * network delays and bunches together, and though the client's clock runs fast.
 *
 * Method: virtual time. Bytes arrive after a delay that sometimes jumps to many
 * seconds and holds back what follows, as a reliable stream does.
 *
 * @module
 */

import { NEW_ROOMS } from "../unit/chat/wire_values.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
import { assert, assertEquals } from "@std/assert";
import { Prng } from "../../lib/base/prng.ts";
import { US_PER_S } from "../../lib/base/time.ts";
import { ClientRoom } from "../../lib/chat/client_room.ts";
import { ChatServer } from "../../lib/chat/chat_server.ts";
import { noPeople } from "../unit/chat/fake_registration.ts";
import { DEFAULT_CHAT_LIMITS } from "../../lib/chat/limits.ts";
import { makeMessageId } from "../../lib/chat/message_id.ts";
import { checkName } from "../../lib/chat/name.ts";

const LINES = 10_000;

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`ClientRoom sends ${LINES} piped lines, none refused, seed ${seed}`, () => {
    const stored = pipeLines(new Prng(seed));
    assertEquals(stored.length, LINES);
    assert(stored.every((text, i) => text === `line ${i}`), "in order");
  });
}

function pipeLines(prng: Prng): string[] {
  const stored: string[] = [];
  const { server, client } = connect();
  const up = new Pipe(prng);
  const down = new Pipe(prng);
  let typed = 0;
  let nowUs = 0;
  while (typed < LINES || !client.isDrained) {
    // What a reader of standard input does: no line is read without room.
    while (typed < LINES && client.outboxFree > 0) {
      const random = prng.bytes(10);
      const id = makeMessageId({ timeMs: 0, random });
      client.send({ id, act: plainMessage(`line ${typed++}`), timeMs: 0 });
    }
    const clientUs = Math.floor(nowUs * FAST_CLOCK);
    for (;;) {
      const bytes = client.pollTransmit(clientUs);
      if (bytes === undefined) break;
      up.push(bytes, nowUs);
    }
    const timeoutUs = client.nextTimeoutUs(clientUs);
    const nextUs = Math.min(
      timeoutUs === undefined ? Infinity : Math.ceil(timeoutUs / FAST_CLOCK),
      up.nextUs,
      down.nextUs,
    );
    assert(nextUs < Infinity, "something comes next");
    nowUs = Math.max(nowUs + 1, nextUs);
    for (const bytes of up.take(nowUs)) {
      server.handleData({ member: 1, bytes, nowUs, timeMs: 0 });
    }
    for (;;) {
      const output = server.pollOutput();
      if (output === undefined) break;
      if (output.type === "send") down.push(output.bytes, nowUs);
      if (output.type === "append") {
        const { sequence } = output.event;
        server.handleAppended([{ roomId: 1, throughSequence: sequence }], {
          nowUs,
          timeMs: 0,
        });
      }
      if (output.type !== "notice") continue;
      const { notice } = output;
      assert(notice.type !== "messageRefused", "nothing is refused");
      if (notice.type === "message") stored.push(notice.text);
    }
    for (const bytes of down.take(nowUs)) {
      client.handleData(bytes, Math.floor(nowUs * FAST_CLOCK));
    }
    while (client.pollEvent() !== undefined);
  }
  return stored;
}

/** Reliable and ordered, but late. */
class Pipe {
  readonly #prng: Prng;
  readonly #onTheWay: { readonly bytes: Uint8Array; readonly atUs: number }[] =
    [];
  #lastUs = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** When something arrives next. */
  get nextUs(): number {
    return this.#onTheWay[0]?.atUs ?? Infinity;
  }

  push(bytes: Uint8Array, nowUs: number): void {
    const delayUs = this.#prng.ratio(1, 1_000)
      ? this.#prng.between(0, 30 * US_PER_S)
      : this.#prng.between(1_000, 50_000);
    this.#lastUs = Math.max(this.#lastUs, nowUs + delayUs);
    this.#onTheWay.push({ bytes, atUs: this.#lastUs });
  }

  take(nowUs: number): Uint8Array[] {
    const arrived: Uint8Array[] = [];
    while (this.nextUs <= nowUs) arrived.push(this.#onTheWay.shift()!.bytes);
    return arrived;
  }
}

function connect(): { server: ChatServer; client: ClientRoom } {
  const server = new ChatServer({
    room: "Lab",
    log: {
      epochId: new Uint8Array(8),
      firstSequence: 1,
      lastSequence: 0,
      topic: "",
      recent: [],
    },
    ...NEW_ROOMS,
    people: noPeople(),
    openRoom: true,
    limits: DEFAULT_CHAT_LIMITS,
  });
  const check = checkName("script");
  assert(check.type === "valid");
  const { name } = check;
  server.join({
    member: 1,
    name,
    authorKey: "",
    address: "192.0.2.1",
    accountId: 0,
    role: "guest",
    nowUs: 0,
    timeMs: 0,
  });
  const client = new ClientRoom();
  client.handleConnected();
  return { server, client };
}

/** A bad quartz: 0.5 percent fast. */
const FAST_CLOCK = 1.005;
