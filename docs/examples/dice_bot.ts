/**
 * A bot that rolls dice: somebody writes `2d6`, and it answers with the sum.
 * It stays until Ctrl+C, also when the server is away for a while.
 *
 *     deno run --allow-all docs/examples/dice_bot.ts 192.168.1.20 Dice
 */
import { connect, RoomError } from "../../lib/app/room_client.ts";

/** Enough for a game, and a line that is still pleasant to read. */
const MAX_DICE = 20;

/** Rolls what a text asks for, such as `2d6`; undefined if it asks for nothing. */
function roll(text: string): string | undefined {
  const [, count = "1", sides = ""] = /^(\d{0,2})d(\d{1,3})$/.exec(text) ?? [];
  const dice = Number(count || "1");
  if (Number(sides) < 2 || dice < 1 || dice > MAX_DICE) return undefined;
  const rolls = Array.from(
    { length: dice },
    () => 1 + Math.floor(Math.random() * Number(sides)),
  );
  const sum = rolls.reduce((total, die) => total + die, 0);
  return `${rolls.join(" + ")} = ${sum}`;
}

const [server = "127.0.0.1", name = "Dice", roomName] = Deno.args;
const password = Deno.env.get("GAS_PASSWORD");
try {
  await using room = await connect({
    server,
    name,
    ...(password && { password }),
    ...(roomName && { room: roomName }),
  });
  Deno.addSignalListener("SIGINT", () => void room.close());
  console.log(`${room.name} is in ${room.room}.`);
  for await (const event of room) {
    // A bot that hears itself talks to itself.
    if (event.type !== "message" || event.own) continue;
    const answer = roll(event.text.trim());
    if (answer !== undefined) await room.send(`${event.author}: ${answer}`);
  }
} catch (error) {
  if (!(error instanceof RoomError)) throw error;
  const { failure } = error;
  // Ctrl+C while an answer was on its way.
  if (failure.type === "ended" && failure.reason.code === "quit") Deno.exit(0);
  console.error(error.message);
  Deno.exit(1);
}
