import { assert, assertEquals } from "@std/assert";
import {
  MAX_PACKET_LINES_PER_SECOND,
  type PacketHappening,
  PacketView,
  type PacketViewOptions,
} from "../../../lib/ui/packet_view.ts";

const PEER = "10.0.0.5:5000";
const SENT: PacketHappening = {
  type: "sent",
  packetNumber: 41,
  bytes: 1_200,
  repeatedBytes: 0,
  confirmsOnly: false,
};
const LOST: PacketHappening = {
  type: "lost",
  packetNumber: 40,
  isRepeated: true,
};
const ALL: PacketHappening[] = [
  SENT,
  { ...SENT, repeatedBytes: 46 },
  { ...SENT, confirmsOnly: true },
  {
    type: "confirmed",
    first: 39,
    last: 41,
    count: 3,
    rttUs: 81_400,
    windowBytes: 14_520,
  },
  {
    type: "confirmed",
    first: 3,
    last: 9,
    count: 2,
    rttUs: 1_250,
    windowBytes: 2_400,
  },
  LOST,
  { ...LOST, isRepeated: false },
  { type: "late", packetNumber: 40 },
  { type: "dropped", isDuplicate: true },
  { type: "dropped", isDuplicate: false },
  { type: "unanswered", count: 1 },
  { type: "unanswered", count: 2 },
  { type: "moved", to: "10.0.0.9:5000" },
];

function open(
  options: Partial<PacketViewOptions> = {},
): { show: (what: PacketHappening, timeUs: number) => void; lines: string[] } {
  const lines: string[] = [];
  const view = new PacketView({
    write: (text) => {
      assert(text.endsWith("\n"));
      lines.push(text.slice(0, -1));
    },
    language: "en",
    colors: false,
    ...options,
  });
  const show = (what: PacketHappening, timeUs: number) =>
    view.handleNotice({ ...what, timeUs, peer: PEER });
  return { show, lines };
}

Deno.test("PacketView says in words what happens to packets", () => {
  const { show, lines } = open();
  for (const what of ALL) show(what, 12_345_678);
  assertEquals(lines, [
    "   12.346 → 10.0.0.5:5000  packet 41 sent, 1,200 bytes",
    "   12.346 → 10.0.0.5:5000  packet 41 sent, 1,200 bytes: repeats 46 bytes",
    "   12.346 → 10.0.0.5:5000  packet 41 sent, 1,200 bytes, only confirms",
    "   12.346 ← 10.0.0.5:5000  packets 39–41 confirmed; round trip 81 ms, window 14,520 bytes",
    "   12.346 ← 10.0.0.5:5000  packets 3–9 (2) confirmed; round trip 1.3 ms, window 2,400 bytes",
    "   12.346 ✗ 10.0.0.5:5000  packet 40 is lost; what it carried goes out again",
    "   12.346 ✗ 10.0.0.5:5000  packet 40 is lost",
    "   12.346 ! 10.0.0.5:5000  packet 40 was not lost, only late",
    "   12.346 ! 10.0.0.5:5000  a packet came twice; the copy is dropped",
    "   12.346 ! 10.0.0.5:5000  a packet came damaged, or is forged; it is dropped",
    "   12.346 ? 10.0.0.5:5000  no answer for too long; asks again",
    "   12.346 ? 10.0.0.5:5000  no answer for too long (2 times in a row); asks again",
    "   12.346 ⇄ 10.0.0.5:5000  is now at 10.0.0.9:5000; the connection goes on",
  ]);
});

Deno.test("PacketView speaks Indonesian", () => {
  const { show, lines } = open({ language: "id" });
  for (const what of ALL) show(what, 1_000_000);
  assertEquals(
    lines[3],
    "    1.000 ← 10.0.0.5:5000  paket 39–41 sampai; pulang-pergi 81 ms, jendela 14.520 bita",
  );
  const english = /\b(packet|sent|lost|bytes|again|dropped)\b/;
  assertEquals(lines.filter((line) => english.test(line)), []);
});

Deno.test("PacketView shows so many lines a second, and counts the rest", () => {
  const { show, lines } = open();
  for (let i = 0; i < 2_000; i++) show(i % 10 === 0 ? LOST : SENT, 5_000_000);
  assertEquals(lines.length, MAX_PACKET_LINES_PER_SECOND);
  show(SENT, 6_000_000);
  assertEquals(lines.slice(MAX_PACKET_LINES_PER_SECOND), [
    "          … 1,980 more in that second are not shown, 198 of them losses",
    "    6.000 → 10.0.0.5:5000  packet 41 sent, 1,200 bytes",
  ]);
});

Deno.test("PacketView colors losses only where it may", () => {
  const plain = open();
  const colored = open({ colors: true });
  for (const { show } of [plain, colored]) show(LOST, 0);
  assert(!plain.lines[0]!.includes("\x1b"));
  // The library looks at NO_COLOR itself.
  assertEquals(colored.lines[0]!.startsWith("\x1b["), !Deno.noColor);
});
