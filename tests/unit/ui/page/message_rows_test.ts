import { newMessageState } from "../../../../lib/chat/message_state.ts";
import { assertEquals } from "@std/assert";
import {
  arrangeRows,
  BUNDLE_ITEMS,
  bundleRows,
  GROUP_GAP_MS,
  type Row,
} from "../../../../lib/ui/page/message_rows.ts";
import type {
  MessageItem,
  NoticeItem,
  RoomItem,
} from "../../../../lib/ui/page/page_state.ts";

const NOON = new Date(2026, 10, 22, 12).getTime();

function message(
  serial: number,
  author: string,
  more: Partial<MessageItem> = {},
): MessageItem {
  return {
    type: "message",
    id: String(serial),
    author,
    own: false,
    style: "plain",
    replyTo: 0,
    ...newMessageState("hi"),
    timeMs: NOON,
    earlier: false,
    delivery: {
      state: "stored",
      sequence: serial,
      timeMs: NOON,
      forwardedTo: 1,
    },
    serial,
    ...more,
  };
}

function joined(serial: number): NoticeItem {
  return {
    type: "notice",
    serial,
    event: { type: "joined", roomId: 1, name: "Ani", timeMs: NOON },
  };
}

/** Rows in short: `m0 first last`, `day 0`, `notices 1+2`, `arrival 0`. */
function describe(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    switch (row.type) {
      case "message":
        return `m${row.serial}${row.first ? " first" : ""}${
          row.last ? " last" : ""
        }`;
      case "notices":
        return `notices ${row.notices.map(({ serial }) => serial).join("+")}`;
      case "day":
      case "arrival":
      case "unread":
        return `${row.type} ${row.serial}`;
    }
  });
}

function rowsOf(...items: RoomItem[]): string[] {
  return describe(arrangeRows(items));
}

Deno.test("arrangeRows() says where what was not read begins", () => {
  const place = (serial: number) =>
    message(serial, "Budi", {
      delivery: {
        state: "stored",
        sequence: serial + 10,
        timeMs: NOON,
        forwardedTo: 0,
      },
    });
  const items = [place(0), place(1), place(2)];
  const rows = (readSequence: number) =>
    describe(arrangeRows(items, readSequence)).filter((row) =>
      row.startsWith("unread")
    );
  assertEquals(rows(11), ["unread 2"]);
  // All of it, or nothing, is new: a line would say nothing.
  assertEquals([rows(0), rows(9), rows(12)], [[], [], []]);
});

Deno.test("arrangeRows() groups what one author says in a row", () => {
  assertEquals(
    rowsOf(message(0, "Ani"), message(1, "Ani"), message(2, "Budi")),
    ["day 0", "m0 first", "m1 last", "m2 first last"],
  );
});

Deno.test("arrangeRows() begins a new group after a pause", () => {
  const later = { timeMs: NOON + GROUP_GAP_MS };
  assertEquals(
    rowsOf(message(0, "Ani"), message(1, "Ani", later)),
    ["day 0", "m0 first last", "m1 first last"],
  );
});

Deno.test("arrangeRows() tells own messages from a namesake's", () => {
  assertEquals(
    rowsOf(message(0, "Ani"), message(1, "Ani", { own: true })),
    ["day 0", "m0 first last", "m1 first last"],
  );
});

Deno.test("arrangeRows() joins notices with nothing between them", () => {
  assertEquals(
    rowsOf(joined(0), joined(1), message(2, "Ani"), joined(3)),
    ["day 0", "notices 0+1", "m2 first last", "notices 3"],
  );
});

Deno.test("arrangeRows() separates days, a gap being of no day", () => {
  const gap: NoticeItem = {
    type: "notice",
    serial: 1,
    event: { type: "gap", roomId: 1, missedMessages: 3 },
  };
  const tomorrow = new Date(2026, 10, 23, 0).getTime();
  const lastSecond = { timeMs: tomorrow - 1 };
  assertEquals(
    rowsOf(
      message(0, "Ani", lastSecond),
      gap,
      message(2, "Ani", { timeMs: tomorrow }),
      message(3, "Budi", { timeMs: tomorrow + 60_000 }),
    ),
    [
      "day 0",
      "m0 first last",
      "notices 1",
      "day 2",
      "m2 first last",
      "m3 first last",
    ],
  );
});

Deno.test("arrangeRows() marks the end of what was written earlier", () => {
  assertEquals(
    rowsOf(
      message(0, "Ani", { earlier: true }),
      joined(1),
      message(2, "Ani", { earlier: true }),
      message(3, "Ani"),
    ),
    [
      "day 0",
      "m0 first last",
      "notices 1",
      "m2 first last",
      "arrival 2",
      "m3 first last",
    ],
  );
});

Deno.test("bundleRows() keeps rows in their bundle when older ones are dropped", () => {
  const items = Array.from(
    { length: 3 * BUNDLE_ITEMS },
    (_, serial) => message(serial, `user${serial}`),
  );
  const before = bundleRows(arrangeRows(items));
  const after = bundleRows(arrangeRows(items.slice(BUNDLE_ITEMS + 7)));
  assertEquals(before.map(({ key }) => key), [0, 1, 2]);
  assertEquals(after.map(({ key }) => key), [1, 2]);
  assertEquals(after[1], before[2]);
});

Deno.test("bundleRows() takes a message that waited into the open bundle", () => {
  const items = [
    message(BUNDLE_ITEMS, "Ani"),
    message(1, "Budi", { own: true }),
    message(BUNDLE_ITEMS + 1, "Citra"),
  ];
  const bundles = bundleRows(arrangeRows(items));
  assertEquals(bundles.map(({ key }) => key), [1]);
});

Deno.test("arrangeRows() gives an answer what it answers, as that is now", () => {
  const asked = message(1, "Ani");
  const answer = message(2, "Budi", { replyTo: 1 });
  const late = message(3, "Budi", { replyTo: 99 });
  const quoted = arrangeRows([asked, answer, late]).flatMap((row) =>
    row.type === "message" ? [row.quoted] : []
  );
  assertEquals(quoted, [undefined, asked, undefined]);
});
