import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Prng } from "../../../lib/base/prng.ts";
import { encodeFields } from "../../../lib/chat/cbor.ts";
import {
  MAX_NAME_CHARACTERS,
  MAX_TICKET_BYTES,
  MAX_TICKET_LIFETIME_SECONDS,
  TICKET_CLOCK_TOLERANCE_MS,
} from "../../../lib/chat/limits.ts";
import {
  type IssueOptions,
  type RedeemOptions,
  SessionTickets,
  TICKET_RANDOM_BYTES,
  type TicketAccount,
} from "../../../lib/chat/session_tickets.ts";
import {
  deriveResumption,
  openTicket,
  passwordMark,
  sealTicket,
  ticketKey,
} from "../../../lib/crypto/session_ticket.ts";
import { loadSodium } from "../../../lib/crypto/sodium.ts";

const crypto = await loadSodium();
const prng = new Prng("session tickets");
const RESET_KEY = prng.bytes(32);
const MASKING_KEY = prng.bytes(64);
const INSTANCE = prng.bytes(16);
const HANDSHAKE_HASH = prng.bytes(64);
const LIFETIME_MS = 1_000 * MAX_TICKET_LIFETIME_SECONDS;
/** 2026-11-22. */
const NOW_MS = 1_795_305_600_000;

function makeTickets(
  secrets: { resetKey?: Uint8Array; maskingKey?: Uint8Array } = {},
): SessionTickets {
  return new SessionTickets({
    crypto,
    resetKey: RESET_KEY,
    maskingKey: MASKING_KEY,
    ...secrets,
  });
}

function issue(options: Partial<IssueOptions> = {}) {
  return makeTickets().issue({
    name: "Ani",
    clientInstance: INSTANCE,
    account: undefined,
    random: prng.bytes(TICKET_RANDOM_BYTES),
    timeMs: NOW_MS,
    ...options,
  });
}

/** What a client sends that has the ticket and its secret. */
function offer(
  { ticket, secret }: { ticket: Uint8Array; secret: Uint8Array },
  changes: Partial<RedeemOptions> = {},
): RedeemOptions {
  const handshakeHash = HANDSHAKE_HASH;
  const { proof } = deriveResumption({ crypto, secret, handshakeHash });
  const timeMs = NOW_MS;
  return {
    ticket,
    name: "Ani",
    account: undefined,
    proof,
    handshakeHash,
    timeMs,
    ...changes,
  };
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = copy[at]! ^ 1;
  return copy;
}

Deno.test("SessionTickets.redeem() knows the client again, and has its session key", () => {
  const { ticket, secret } = issue();
  const { sessionKey } = deriveResumption({
    crypto,
    secret,
    handshakeHash: HANDSHAKE_HASH,
  });
  // Another server object: as after a restart.
  assertEquals(makeTickets().redeem(offer({ ticket, secret })), {
    clientInstance: INSTANCE,
    sessionKey,
  });
});

Deno.test("SessionTickets.redeem() takes a ticket more than once: a resumption may be lost on its way", () => {
  const issued = issue();
  for (let time = 0; time < 3; time++) {
    assert(makeTickets().redeem(offer(issued)) !== undefined);
  }
});

Deno.test("SessionTickets.redeem() refuses a changed bit in every byte of the ticket", () => {
  const issued = issue();
  const tickets = makeTickets();
  for (let at = 0; at < issued.ticket.length; at++) {
    const ticket = changed(issued.ticket, at);
    assertEquals(tickets.redeem(offer(issued, { ticket })), undefined);
  }
});

Deno.test("SessionTickets.redeem() refuses a changed bit in every byte of the proof, and any other length", () => {
  const issued = issue();
  const { proof } = offer(issued);
  const wrong = Array.from(proof, (_, at) => changed(proof, at));
  wrong.push(new Uint8Array(), proof.slice(1), new Uint8Array(33));
  for (const other of wrong) {
    const redeemed = makeTickets().redeem(offer(issued, { proof: other }));
    assertEquals(redeemed, undefined);
  }
});

Deno.test("SessionTickets.redeem() refuses a proof of another connection", () => {
  const handshakeHash = changed(HANDSHAKE_HASH, 63);
  const replayed = offer(issue(), { handshakeHash });
  assertEquals(makeTickets().redeem(replayed), undefined);
});

Deno.test("SessionTickets.redeem() refuses the proof of another ticket", () => {
  const { proof } = offer(issue());
  assertEquals(makeTickets().redeem(offer(issue(), { proof })), undefined);
});

Deno.test("SessionTickets.redeem() refuses another name, and other letters of the same", () => {
  for (const name of ["Budi", "ANI", "Ani ", ""]) {
    assertEquals(makeTickets().redeem(offer(issue(), { name })), undefined);
  }
});

Deno.test("SessionTickets.redeem() refuses tickets of before the password changed", () => {
  const tickets = makeTickets({ maskingKey: changed(MASKING_KEY, 0) });
  assertEquals(tickets.redeem(offer(issue())), undefined);
});

Deno.test("SessionTickets.redeem() refuses tickets of another server", () => {
  const tickets = makeTickets({ resetKey: changed(RESET_KEY, 0) });
  assertEquals(tickets.redeem(offer(issue())), undefined);
});

Deno.test("SessionTickets.redeem() refuses a ticket from the moment it expires", () => {
  const issued = issue();
  const redeem = (timeMs: number) =>
    makeTickets().redeem(offer(issued, { timeMs }));
  assert(redeem(NOW_MS + LIFETIME_MS - 1) !== undefined);
  assertEquals(redeem(NOW_MS + LIFETIME_MS), undefined);
  assertEquals(redeem(NOW_MS + 100 * LIFETIME_MS), undefined);
});

Deno.test("SessionTickets.redeem() bears a clock that jumps back a little, not one that jumps far", () => {
  const issued = issue();
  const redeem = (timeMs: number) =>
    makeTickets().redeem(offer(issued, { timeMs }));
  assert(redeem(NOW_MS - TICKET_CLOCK_TOLERANCE_MS) !== undefined);
  assertEquals(redeem(NOW_MS - TICKET_CLOCK_TOLERANCE_MS - 1), undefined);
  assertEquals(redeem(0), undefined);
});

Deno.test("SessionTickets.redeem() refuses contents that this version did not write", () => {
  const key = ticketKey(crypto, RESET_KEY);
  const secret = prng.bytes(32);
  const mark = passwordMark({ crypto, key, maskingKey: MASKING_KEY });
  const expiresMs = NOW_MS + LIFETIME_MS;
  const fields = [2, secret, "Ani", INSTANCE, 0, mark, NOW_MS, expiresMs];
  const redeem = (contents: Uint8Array) => {
    const salt = prng.bytes(32);
    const ticket = sealTicket({ crypto, key, salt, contents });
    return makeTickets().redeem(offer({ ticket, secret }));
  };
  assert(redeem(encodeFields(fields)) !== undefined);
  for (
    const contents of [
      encodeFields([1, ...fields.slice(1)]),
      encodeFields([...fields, 0]),
      encodeFields(fields.slice(0, -1)),
      encodeFields([2, secret.slice(1), ...fields.slice(2)]),
      encodeFields([]),
      new Uint8Array([0xff]),
      new Uint8Array(),
    ]
  ) assertEquals(redeem(contents), undefined);
});

Deno.test("SessionTickets.redeem() gives no ticket a longer life than this version does", () => {
  const key = ticketKey(crypto, RESET_KEY);
  const secret = prng.bytes(32);
  const mark = passwordMark({ crypto, key, maskingKey: MASKING_KEY });
  const contents = encodeFields(
    [2, secret, "Ani", INSTANCE, 0, mark, NOW_MS, NOW_MS + 9 * LIFETIME_MS],
  );
  const ticket = sealTicket({ crypto, key, salt: prng.bytes(32), contents });
  const late = offer({ ticket, secret }, { timeMs: NOW_MS + LIFETIME_MS });
  assertEquals(makeTickets().redeem(late), undefined);
});

/** An account, and how its holder logs in. */
function account(accountId: number, seed = 1): TicketAccount {
  return { accountId, password: { record: new Uint8Array(192).fill(seed) } };
}

Deno.test("SessionTickets.redeem() knows the holder of a name again", () => {
  const issued = issue({ account: account(1) });
  const redeemed = makeTickets().redeem(
    offer(issued, { account: account(1) }),
  );
  assertEquals(redeemed?.clientInstance, INSTANCE);
});

for (
  const [what, before, now] of [
    ["of before the account's password changed", account(1), account(1, 2)],
    ["of before the name was released", account(1), undefined],
    ["of a guest whose name was claimed since", undefined, account(1)],
    ["of who had the name before", account(1), account(2)],
  ] as const
) {
  Deno.test(`SessionTickets.redeem() refuses a ticket ${what}`, () => {
    const issued = issue({ account: before });
    const tickets = makeTickets();
    assertEquals(tickets.redeem(offer(issued, { account: now })), undefined);
    assert(tickets.redeem(offer(issued, { account: before })) !== undefined);
  });
}

Deno.test("SessionTickets.redeem() takes the ticket of a name's holder after the room's password changed", () => {
  const tickets = makeTickets({ maskingKey: changed(MASKING_KEY, 0) });
  const issued = issue({ account: account(1) });
  assert(tickets.redeem(offer(issued, { account: account(1) })) !== undefined);
});

Deno.test("SessionTickets.issue() makes a fresh secret and a fresh ticket each time", () => {
  const [first, second] = [issue(), issue()];
  assertNotEquals(first.secret, second.secret);
  assertNotEquals(first.ticket.slice(32), second.ticket.slice(32));
});

Deno.test("SessionTickets.issue() shows nothing of what it seals", () => {
  const { ticket, secret } = issue({ name: "Sitti Nurhaliza" });
  const latin1 = new TextDecoder("latin1");
  const text = latin1.decode(ticket);
  for (const hidden of [secret, INSTANCE]) {
    assert(!text.includes(latin1.decode(hidden)));
  }
  assert(!text.includes("Sitti"));
});

Deno.test("SessionTickets.issue() keeps within MAX_TICKET_BYTES for the longest name", () => {
  const name = "🙂".repeat(MAX_NAME_CHARACTERS);
  const accountId = Number.MAX_SAFE_INTEGER;
  const { ticket } = issue({ name, account: account(accountId) });
  assert(ticket.length <= MAX_TICKET_BYTES);
  assert(
    openTicket({ crypto, key: ticketKey(crypto, RESET_KEY), ticket }) !==
      undefined,
  );
});
