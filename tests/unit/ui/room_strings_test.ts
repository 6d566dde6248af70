import { assertEquals } from "@std/assert";
import { roomStrings } from "../../../lib/ui/room_strings.ts";

Deno.test("RoomStrings.opened() says who did that, in both languages", () => {
  const room = { kind: "private", name: "Sains" } as const;
  const talk = { kind: "direct", name: "Budi" } as const;
  const both = (
    ...args: Parameters<ReturnType<typeof roomStrings>["opened"]>
  ) =>
    (["en", "id"] as const).map((language) =>
      roomStrings(language).opened(...args)
    );
  assertEquals(both(room, "Budi"), [
    "Budi invited you to #Sains.",
    "Budi mengundang Anda ke #Sains.",
  ]);
  assertEquals(both(talk, "Budi"), [
    "Budi began a talk with you.",
    "Budi memulai percakapan dengan Anda.",
  ]);
  assertEquals(both(room, ""), [
    "You are in #Sains now.",
    "Anda sekarang berada di #Sains.",
  ]);
  assertEquals(both(talk, ""), [
    "You have a talk with Budi now.",
    "Anda sekarang punya percakapan dengan Budi.",
  ]);
});
