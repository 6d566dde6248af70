/**
 * Steps of the page test: the room.
 *
 * @module
 */

/// <reference lib="dom" />

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Locator } from "playwright-core";
import {
  composer,
  IN_ROOM,
  message,
  type PageStep,
  queues,
  says,
  waitForFocus,
  waitForScroll,
  WELCOME,
} from "./page_steps.ts";

/** What the room does. */
export const ROOM_STEPS: readonly PageStep[] = [
  {
    name: "sends a message and shows where it stands",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("hello");
      await page.getByRole("button", { name: "Send" }).click();
      assertEquals(await session.nextCommand(), {
        roomId: 1,
        type: "send",
        text: "hello",
      });
      assertEquals(await composer(page).inputValue(), "");
      session.tell(queues("hello"));
      await message(page, "hello").getByText("Waiting").waitFor();
      session.tell({
        roomId: 1,
        type: "delivery",
        id: "hello",
        delivery: { state: "stored", sequence: 1, timeMs: 0, forwardedTo: 2 },
      });
      await message(page, "hello").getByText("Sent to 2 people").waitFor();
    },
  },
  {
    name: "takes a refused message back into the input",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(queues("too fast"), {
        roomId: 1,
        type: "delivery",
        id: "too fast",
        delivery: {
          state: "refused",
          reason: { code: "tooFast", retryAfterSeconds: 3 },
        },
      });
      await message(page, "too fast").getByText("Wait 3 seconds").waitFor();
      await page.getByRole("button", { name: "Edit again" }).click();
      await waitForFocus(page, "textarea");
      assertEquals(await composer(page).inputValue(), "too fast");
      assertEquals(await message(page, "too fast").count(), 0);
    },
  },
  {
    name: "shows markup as the text it is, and runs no script but its own",
    options: IN_ROOM,
    async run({ page, session, complaints }) {
      const attack = '<img src="x" onerror="document.title=1"><b>bold</b>';
      session.tell(says(attack), says("from", { author: "<script>x" }));
      await page.getByText(attack, { exact: true }).waitFor();
      await page.getByText("<script>x").first().waitFor();
      assertEquals(await page.locator("img, b").count(), 0);
      assertEquals(complaints, []);
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
      });
      assertEquals(await page.title(), "Lab · GAS Chatroom");
      assertStringIncludes(complaints.join(), "Content Security Policy");
    },
  },
  {
    name: "shows emoji, right-to-left text and endless words inside the page",
    options: { ...IN_ROOM, width: 320 },
    async run({ page, session }) {
      session.tell(says("👩‍🚀🏳️‍🌈"), says("مرحبا بكم"), says("x".repeat(4_000)));
      await message(page, "👩‍🚀🏳️‍🌈").waitFor();
      const direction = await message(page, "مرحبا").getByText("مرحبا")
        .evaluate((element) => getComputedStyle(element).direction);
      assertEquals(direction, "rtl");
      await message(page, "xxx").waitFor();
      const [inner, outer] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.querySelector("[role=log]")!.scrollWidth,
      ]);
      assert(inner! <= 320 && outer! <= 320, `${inner} and ${outer} px wide`);
    },
  },
  {
    name: "leaves no empty line below a block of code",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(says("above\n```\nlet x;\n```\nbelow\nand on"));
      const text = message(page, "above").locator(".text");
      assertEquals(
        await text.evaluate((element) =>
          Array.from(element.childNodes, ({ textContent }) => textContent)
        ),
        ["above\n", "let x;", "below\nand on"],
      );
    },
  },
  {
    name: "tells who joined, left and what was missed",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(
        { type: "joined", roomId: 1, name: "Citra", timeMs: 1 },
        { type: "left", roomId: 1, name: "Budi", reason: "lost", timeMs: 2 },
        { type: "gap", roomId: 1, missedMessages: 5 },
      );
      const log = page.getByRole("log");
      await log.getByText("Citra joined the room.").waitFor();
      await log.getByText("Budi lost the connection.").waitFor();
      await log.getByText("5 messages were missed").waitFor();
      const people = page.getByRole("complementary", { name: "People" });
      assertEquals(await people.getByRole("listitem").allInnerTexts(), [
        "A\nAni you",
        "C\nCitra",
      ]);
    },
  },
  {
    name: "separates days, and history from what came since",
    options: {
      opening: [
        WELCOME,
        says("old", { earlier: true, timeMs: Date.UTC(2024, 4, 6, 9) }),
        says("new", { timeMs: Date.UTC(2024, 4, 7, 9) }),
      ],
    },
    async run({ page }) {
      await message(page, "new").waitFor();
      const rows = await page.getByRole("log").getByRole("listitem")
        .allInnerTexts();
      // Whether a comma follows the weekday depends on the browser's version.
      const texts = rows.map((row) => {
        const lines = row.split("\n").filter((line) => line !== "⋯");
        return lines.at(-1)!.replace(",", "");
      });
      assertEquals(texts, [
        "Monday 6 May 2024",
        "old",
        "You came in here",
        "Tuesday 7 May 2024",
        "new",
      ]);
    },
  },
  {
    name: "shows that the room is open, and the fingerprint on demand",
    options: IN_ROOM,
    async run({ page, session }) {
      await page.getByText("Open room").waitFor();
      assertEquals(await page.getByText("k4mh 7qzt").count(), 0);
      const about = page.getByRole("button", { name: "About this room" });
      await about.click();
      await page.getByText("k4mh 7qzt").waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("k4mh 7qzt").waitFor({ state: "detached" });
      session.tell({ ...WELCOME, openRoom: false });
      await page.getByText("Open room").waitFor({ state: "detached" });
    },
  },
  {
    name: "leaves on QUIT alone, in any state of the connection",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell({
        type: "ended",
        reason: { code: "removed", reason: "spam" },
      });
      await page.getByText("You were removed").waitFor();
      await composer(page).fill(" QUIT ");
      await composer(page).press("Enter");
      assertEquals(await session.nextCommand(), { type: "quit" });
      session.tell({ type: "ended", reason: { code: "quit" } });
      await page.getByRole("heading", { name: "You left the chat" }).waitFor();
    },
  },
  {
    name: "keeps the place of a reader and counts what comes below",
    options: {
      opening: [
        WELCOME,
        ...Array.from({ length: 60 }, (_, index) => says(`line ${index}`)),
      ],
    },
    async run({ page, session }) {
      await waitForScroll(page, "end");
      session.tell(says("seen"));
      await message(page, "seen").waitFor();
      await waitForScroll(page, "end");
      await page.getByRole("log").focus();
      await page.keyboard.press("Home");
      await waitForScroll(page, "above");
      session.tell(says("below 1"), says("below 2"));
      const button = page.getByRole("button", { name: "2 new messages" });
      await button.waitFor();
      await waitForScroll(page, "above");
      await button.click();
      await waitForScroll(page, "end");
      await waitForFocus(page, "textarea");
      await button.waitFor({ state: "detached" });
    },
  },
  {
    name: "keeps still what is read while older messages are dropped",
    options: {
      opening: [
        WELCOME,
        ...Array.from({ length: 2_000 }, (_, index) => says(`line ${index}`)),
      ],
    },
    async run({ page, session }) {
      await message(page, "line 1999").waitFor();
      const log = page.getByRole("log");
      const read = page.getByText("line 1000", { exact: true });
      const top = () => read.evaluate((row) => row.getBoundingClientRect().top);
      await read.evaluate((row) => row.scrollIntoView({ block: "start" }));
      await waitForScroll(page, "above");
      const before = await top();
      session.tell(...Array.from({ length: 50 }, (_, more) => says(`${more}`)));
      await page.getByRole("button", { name: "50 new messages" }).waitFor();
      assertEquals(await log.getByText("line 49", { exact: true }).count(), 0);
      assert(Math.abs(await top() - before) < 2);
    },
  },
  {
    name: "keeps the last 2,000 messages",
    options: {
      opening: [
        WELCOME,
        ...Array.from({ length: 2_010 }, (_, index) => says(`line ${index}`)),
      ],
    },
    async run({ page }) {
      await message(page, "line 2009").waitFor();
      const count = await page.getByRole("log").locator(".message").count();
      assertEquals(count, 2_000);
      await page.getByText("Older messages").waitFor();
    },
  },
  {
    name: "shows what became of a message",
    options: IN_ROOM,
    async run({ page, session }) {
      const change = { type: "change", author: "Budi", own: false } as const;
      const when = { timeMs: 0, earlier: false };
      session.tell(
        says("first", { delivery: storedAt(7) }),
        says("second", { delivery: storedAt(8), replyTo: 7 }),
        says("third", { delivery: storedAt(9) }),
        {
          roomId: 1,
          ...change,
          ...when,
          sequence: 10,
          act: { type: "topic", text: "algebra" },
        },
        {
          roomId: 1,
          ...change,
          ...when,
          sequence: 11,
          act: { type: "edit", target: 7, text: "1st" },
        },
        {
          roomId: 1,
          ...change,
          ...when,
          sequence: 12,
          act: { type: "remove", target: 9 },
        },
        {
          roomId: 1,
          ...change,
          ...when,
          sequence: 13,
          act: { type: "pin", target: 8, isOn: true },
        },
        {
          roomId: 1,
          ...change,
          ...when,
          sequence: 14,
          act: { type: "react", target: 8, emoji: "👍", isOn: true },
        },
      );
      await page.locator("header").getByText("algebra").waitFor();
      await message(page, "1st").getByText("edited").first().waitFor();
      const second = message(page, "second");
      await second.locator("blockquote").getByText("Budi: 1st").waitFor();
      await second.getByText("pinned").waitFor();
      await page.getByText("Removed", { exact: true }).waitFor();
      const like = second.getByRole("button", { name: "👍 1: Budi" });
      assertEquals(await like.getAttribute("aria-pressed"), "false");
      await like.click();
      assertEquals(await session.nextCommand(), {
        roomId: 1,
        type: "act",
        act: { type: "react", target: 8, emoji: "👍", isOn: true },
      });
    },
  },
  {
    name: "acts on a message by its menu and by commands",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(
        says("mine", { author: "Ani", own: true, delivery: storedAt(7) }),
      );
      const open = message(page, "mine").getByRole("button", {
        name: "What to do with this message",
      });
      await open.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Edit" }).click();
      assertEquals(await composer(page).inputValue(), "/edit 7 mine");
      await waitForFocus(page, "textarea");
      await composer(page).fill("/edit 7 ours");
      await page.keyboard.press("Enter");
      assertEquals(await session.nextCommand(), {
        roomId: 1,
        type: "act",
        act: { type: "edit", target: 7, text: "ours" },
      });
      await open.click();
      await page.getByRole("button", { name: "Remove" }).click();
      await page.getByRole("button", { name: "Remove for everybody" }).click();
      assertEquals(await session.nextCommand(), {
        roomId: 1,
        type: "act",
        act: { type: "remove", target: 7 },
      });
      await composer(page).fill("/dance");
      await page.keyboard.press("Enter");
      await page.getByText("There is no command /dance").waitFor();
      assertEquals(await composer(page).inputValue(), "/dance");
      await composer(page).fill("/help");
      await page.keyboard.press("Enter");
      await page.getByText("/reply N text").waitFor();
      assertEquals(await composer(page).inputValue(), "");
    },
  },
  {
    name: "keeps a message in sight while its menu opens",
    options: {
      opening: [
        WELCOME,
        ...Array.from({ length: 30 }, (_, index) => says(`line ${index}`)),
      ],
    },
    async run({ page }) {
      await waitForScroll(page, "end");
      const more = await page.evaluateHandle(() => {
        const edge = document.querySelector("[role=log]")!
          .getBoundingClientRect().top;
        const row = Array.from(document.querySelectorAll(".message"))
          .find((row) => row.getBoundingClientRect().top >= edge)!;
        return row.querySelector<HTMLElement>(".more")!;
      });
      await more.evaluate((button) => button.click());
      await page.getByRole("button", { name: "Reply" }).waitFor();
      await page.waitForFunction((button) => {
        const row = button.closest(".message")!.getBoundingClientRect();
        const log = button.closest("[role=log]")!.getBoundingClientRect();
        return row.top >= log.top - 1;
      }, more);
    },
  },
  {
    name:
      "lists the commands in two columns, below each other on a narrow page",
    options: IN_ROOM,
    async run({ page }) {
      await composer(page).fill("/help");
      await page.keyboard.press("Enter");
      const term = page.getByRole("term").filter({ hasText: "/reply N text" });
      const meaning = page.getByRole("definition")
        .filter({ hasText: "answers message N" });
      const left = async (of: Locator) => (await of.boundingBox())!.x;
      assert(await left(term) + 100 < await left(meaning));
      await page.setViewportSize({ width: 360, height: 640 });
      assertEquals(await left(term), await left(meaning));
    },
  },
  {
    name: "looks something up, and takes back what is removed of it",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("/search rapat since:yesterday");
      await page.keyboard.press("Enter");
      await page.getByText("“yesterday” is no day").waitFor();
      await composer(page).fill("/search rapat from:Budi");
      await page.keyboard.press("Enter");
      const asked = await session.nextCommand();
      assertEquals(asked.type === "ask" && asked.query.type, "search");
      assertEquals(await composer(page).inputValue(), "");
      const found = {
        author: "Budi",
        own: false,
        style: "plain",
        replyTo: 0,
        isEdited: false,
        timeMs: 0,
        ranges: [0, 5],
      } as const;
      session.tell({
        roomId: 1,
        type: "answer",
        questionId: 1,
        answer: {
          type: "search",
          isStart: true,
          searchedFrom: 1,
          matches: [
            { ...found, sequence: 3, text: "rapat <b>dua</b>" },
            { ...found, sequence: 2, text: "rapat satu" },
          ],
        },
      });
      await page.getByText("2 messages were found:").waitFor();
      await page.getByText("rapat <b>dua</b>").waitFor();
      const marks = page.getByRole("log").locator("mark");
      assertEquals(await marks.allInnerTexts(), ["rapat", "rapat"]);
      session.tell({
        roomId: 1,
        type: "change",
        sequence: 9,
        act: { type: "remove", target: 2 },
        author: "Budi",
        own: false,
        timeMs: 0,
        earlier: false,
      });
      await page.locator(".answer").getByText("Removed").waitFor();
      assertEquals(await page.getByText("rapat satu").count(), 0);
    },
  },
];

function storedAt(sequence: number) {
  return { state: "stored", sequence, timeMs: 0, forwardedTo: 1 } as const;
}
