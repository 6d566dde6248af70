import type { Prng } from "../../lib/base/prng.ts";
import { type Act, plainMessage } from "../../lib/chat/room_event.ts";
import type { RoomSide } from "./room_side.ts";

const EMOJI = ["👍", "❤️", "🎉"];

/**
 * Draws what somebody does: mostly says something, and else something with a
 * message that is known here.
 *
 * @param prng Decides.
 * @param side Who, and in which room.
 * @param text What to say; no other text is the same.
 */
export function drawAct(prng: Prng, side: RoomSide, text: string): Act {
  const target = pick(prng, [...side.states.keys()]);
  const own = pick(prng, side.own);
  const isOn = prng.ratio(2, 3);
  const kind = prng.below(16);
  if (kind === 0) return { type: "topic", text: text.slice(0, 200).trim() };
  if (target !== undefined) {
    if (kind === 1) {
      return { type: "message", style: "action", replyTo: target, text };
    }
    if (kind === 2) return { type: "pin", target, isOn };
    if (kind <= 4) {
      return { type: "react", target, emoji: pick(prng, EMOJI)!, isOn };
    }
  }
  if (own !== undefined) {
    if (kind <= 7) return { type: "edit", target: own, text };
    if (kind === 8) return { type: "remove", target: own };
  }
  return plainMessage(text);
}

function pick<Item>(prng: Prng, items: readonly Item[]): Item | undefined {
  return items.length === 0 ? undefined : items[prng.below(items.length)];
}
