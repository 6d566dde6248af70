import { assertEquals } from "@std/assert";
import { readLine } from "./read_line.ts";

Deno.test("readTypedLine() takes the commands about rooms", () => {
  const commands = {
    "/rooms": { type: "rooms" },
    "/join #Sains 2": { type: "join", name: "Sains 2" },
    "/create Seni": { type: "create", name: "Seni", kind: "public" },
    "/create Seni rupa private": {
      type: "create",
      name: "Seni rupa",
      kind: "private",
    },
    "/leave": { type: "leave", name: "" },
    "/leave #Seni": { type: "leave", name: "Seni" },
    "/invite Budi": { type: "invite", name: "Budi" },
    "/msg Budi halo  semua": { type: "msg", name: "Budi", text: "halo  semua" },
    '/msg "Bu Ani" halo': { type: "msg", name: "Bu Ani", text: "halo" },
    "/msg @Budi": { type: "msg", name: "Budi", text: "" },
    "/archive": { type: "archive" },
  };
  for (const [line, command] of Object.entries(commands)) {
    assertEquals<unknown>(readLine(line), { type: "room", command }, line);
  }
});

Deno.test("readTypedLine() says how a command about rooms goes", () => {
  for (const line of ["/join", "/create", "/invite", "/msg", "/rooms x"]) {
    assertEquals(readLine(line).type, "usage", line);
  }
});
