/**
 * Steps of the page test: who has read what, and announcements.
 *
 * @module
 */

/// <reference lib="dom" />

import { assertEquals } from "@std/assert";
import {
  IN_ROOM,
  message,
  type PageStep,
  queues,
  says,
  WELCOME,
} from "./page_steps.ts";

/** An announcement of the page's own person, as message 5. */
const ANNOUNCED = says("All out at noon", {
  author: "Ani",
  own: true,
  style: "announcement",
  delivery: { state: "stored", sequence: 5, timeMs: 0, forwardedTo: 2 },
});

/** What the page does with receipts and announcements. */
export const RECEIPT_STEPS: readonly PageStep[] = [
  {
    name: "shows how many have an own message, and have read it",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(queues("hello"), {
        type: "delivery",
        roomId: 1,
        id: "hello",
        delivery: { state: "stored", sequence: 1, timeMs: 0, forwardedTo: 2 },
      });
      const receipt = {
        type: "receipt",
        roomId: 1,
        sequence: 1,
        of: 3,
      } as const;
      session.tell({ ...receipt, delivered: 2, read: 0 });
      await message(page, "hello").getByText("Delivered to 2 of 3").waitFor();
      session.tell({ ...receipt, delivered: 3, read: 2 });
      await message(page, "hello").getByText("Read by 2 of 3").waitFor();
      await message(page, "hello").getByRole("button", {
        name: "What to do with this message",
      }).click();
      await page.getByRole("button", { name: "Who has read it" }).click();
      assertEquals(await session.nextCommand(), {
        type: "ask",
        roomId: 1,
        questionId: 1,
        query: { type: "receipts", target: 1 },
      });
    },
  },
  {
    name: "says what was read while somebody looks at it",
    options: IN_ROOM,
    async run({ page, session }) {
      const delivery = { state: "stored", timeMs: 0, forwardedTo: 0 } as const;
      session.tell(
        says("one", { delivery: { ...delivery, sequence: 7 } }),
        says("two", { delivery: { ...delivery, sequence: 8 } }),
      );
      await message(page, "two").waitFor();
      while (session.read.at(-1) !== 8) await page.waitForTimeout(10);
    },
  },
  {
    name: "shows where what was not read begins",
    options: { opening: [{ ...WELCOME, readSequence: 7, lastSequence: 8 }] },
    async run({ page, session }) {
      const delivery = { state: "stored", timeMs: 0, forwardedTo: 0 } as const;
      session.tell(
        says("old", { delivery: { ...delivery, sequence: 7 } }),
        says("new", { delivery: { ...delivery, sequence: 8 } }),
      );
      await page.getByText("New messages").waitFor();
      const texts = await page.getByRole("log").innerText();
      assertEquals(/old[^]*New messages[^]*new/.test(texts), true, texts);
    },
  },
  {
    name: "acknowledges an announcement of somebody else, once",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(
        says("All out", {
          style: "announcement",
          delivery: { state: "stored", sequence: 5, timeMs: 0, forwardedTo: 0 },
        }),
      );
      const row = message(page, "All out");
      await row.getByText("Announcement", { exact: true }).waitFor();
      const button = row.getByRole("button", { name: "Acknowledge" });
      await button.click();
      const act = { type: "acknowledge", target: 5 } as const;
      assertEquals(await session.nextCommand(), {
        type: "act",
        roomId: 1,
        act,
      });
      session.tell({
        type: "change",
        roomId: 1,
        sequence: 6,
        act,
        author: "Ani",
        own: true,
        timeMs: 1,
        earlier: false,
      });
      await row.getByText("Acknowledged by 1").waitFor();
      assertEquals(await button.count(), 0);
    },
  },
  {
    name: "shows the live roll of an announcement, and keeps it as CSV",
    options: { opening: [WELCOME, ANNOUNCED] },
    async run({ page, session }) {
      const row = message(page, "All out at noon");
      for (const [index, author] of ["Budi", "=Citra"].entries()) {
        session.tell({
          type: "change",
          roomId: 1,
          sequence: 6 + index,
          act: { type: "acknowledge", target: 5 },
          author,
          own: false,
          timeMs: 1,
          earlier: false,
        });
        await row.getByText(`Acknowledged by ${index + 1}`).waitFor();
      }
      await row.getByRole("button", { name: "Roll" }).click();
      const question = await session.nextCommand();
      assertEquals(question, {
        type: "ask",
        roomId: 1,
        questionId: 5,
        query: { type: "roll", target: 5 },
      });
      session.tell({
        type: "answer",
        roomId: 1,
        questionId: 5,
        answer: {
          type: "roll",
          acknowledged: [
            { name: "Budi", timeMs: 0 },
            { name: "=Citra", timeMs: 1_000 },
          ],
          missing: ["Dewi"],
        },
      });
      await page.getByText("Acknowledged by 2 of 3.").waitFor();
      await page.getByText("Not acknowledged by: Dewi").waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save CSV" }).click();
      const path = await (await download).path();
      assertEquals(
        await Deno.readTextFile(path),
        "\ufeffName,Acknowledged,Time (UTC)\r\n" +
          "Budi,yes,1970-01-01T00:00:00.000Z\r\n" +
          "'=Citra,yes,1970-01-01T00:00:01.000Z\r\nDewi,no,\r\n",
      );
    },
  },
  {
    name: "marks the reader's name, and shows code and links",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(says("@ani: see `rm -r` and https://example.org/a."));
      const row = message(page, "see");
      assertEquals(await row.locator("mark").innerText(), "@ani");
      assertEquals(await row.locator("code").innerText(), "rm -r");
      const link = row.getByRole("link", { name: "https://example.org/a" });
      assertEquals(await link.getAttribute("href"), "https://example.org/a");
      assertEquals(
        await link.getAttribute("rel"),
        "noopener noreferrer nofollow",
      );
    },
  },
];
