import { assertEquals } from "@std/assert";
import { TicketHolder } from "../../../lib/app/ticket_holder.ts";

const SERVER = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

function ticket(secret: Uint8Array) {
  return {
    type: "ticket" as const,
    ticket: new Uint8Array(4),
    secret,
    lifetimeSeconds: 10,
  };
}

Deno.test("TicketHolder gives a ticket to its server while it is valid", () => {
  const holder = new TicketHolder();
  assertEquals(holder.usable(SERVER, 0), undefined);
  holder.keep(ticket(new Uint8Array([5])), SERVER, 1_000);
  assertEquals(holder.usable(SERVER, 10_999)?.secret, new Uint8Array([5]));
  assertEquals(holder.usable(SERVER, 11_000), undefined);
  assertEquals(holder.usable(OTHER, 1_000), undefined);
});

Deno.test("TicketHolder destroys the secret of a ticket it forgets", () => {
  const holder = new TicketHolder();
  const [first, second] = [new Uint8Array([5]), new Uint8Array([6])];
  holder.keep(ticket(first), SERVER, 0);
  holder.keep(ticket(second), SERVER, 0);
  assertEquals(first[0], 0);
  holder.forget();
  assertEquals(second[0], 0);
  assertEquals(holder.usable(SERVER, 0), undefined);
});
