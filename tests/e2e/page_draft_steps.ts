/**
 * Steps of the page test: what becomes of a text while it is written, and of
 * the page when it changes size, colours or place.
 *
 * @module
 */

/// <reference lib="dom" />

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  composer,
  IN_ROOM,
  message,
  type PageStep,
  paste,
  queues,
  waitForFocus,
  WELCOME,
} from "./page_steps.ts";

/** What happens to a draft. */
export const DRAFT_STEPS: readonly PageStep[] = [
  {
    name: "starts a new line with Shift+Enter and grows to a limit",
    options: IN_ROOM,
    async run({ page, session }) {
      const height = () => composer(page).evaluate((box) => box.clientHeight);
      const oneLine = await height();
      await composer(page).pressSequentially("a");
      await composer(page).press("Shift+Enter");
      await composer(page).pressSequentially("b");
      const twoLines = await height();
      assert(twoLines > oneLine);
      await composer(page).fill("line\n".repeat(100));
      assert(await height() < 300);
      await composer(page).fill("a\nb");
      await composer(page).press("Enter");
      assertEquals(await session.nextCommand(), {
        type: "send",
        roomId: 1,
        text: "a\nb",
      });
      assertEquals(await height(), oneLine);
    },
  },
  {
    name: "sends 4,000 characters and counts those that are left",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("😀".repeat(3_990));
      await page.getByText("10 characters left").waitFor();
      const text = "😀".repeat(4_000);
      await composer(page).fill(text);
      await page.getByText("0 characters left").waitFor();
      await composer(page).press("Enter");
      assertEquals(await session.nextCommand(), {
        type: "send",
        roomId: 1,
        text,
      });
    },
  },
  {
    name: "keeps a text that is too long, and does not send it",
    options: IN_ROOM,
    async run({ page, session }) {
      const text = "a".repeat(4_001);
      await composer(page).fill(text);
      await page.getByText("4,001 characters, the limit is 4,000").waitFor();
      assert(await page.getByRole("button", { name: "Send" }).isDisabled());
      await composer(page).press("Enter");
      assertEquals(await composer(page).inputValue(), text);
      assertEquals(session.pendingCommands, 0);
    },
  },
  {
    name: "keeps a paste of 1 MB out of the box, counted, and can undo it",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("before ");
      // Eight characters of 16 bytes; the last of them, a line end, is not
      // sent.
      await paste(page, "مرحبا 😀\n".repeat(65_536));
      await page.getByText("524,294 characters, the limit is").waitFor();
      assert(await page.getByRole("button", { name: "Send" }).isDisabled());
      const shown = await composer(page).inputValue();
      assert(shown.startsWith("before مرحبا"));
      assert(shown.length < 3_000, "an engine cannot edit a megabyte smoothly");
      await page.getByRole("button", { name: "Take the paste back" }).click();
      assertEquals(await composer(page).inputValue(), "before ");
      assertEquals(session.pendingCommands, 0);
    },
  },
  {
    name: "shortens a paste of 1 MB to what can be sent",
    options: IN_ROOM,
    async run({ page, session }) {
      await paste(page, "0123456789".repeat(104_858));
      await page.getByRole("button", { name: "Keep the first 4,000" }).click();
      await composer(page).press("Enter");
      assertEquals(await session.nextCommand(), {
        roomId: 1,
        type: "send",
        text: "0123456789".repeat(400),
      });
    },
  },
  {
    name: "keeps the draft through reconnecting, and sends meanwhile",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("half a thought");
      session.tell({
        type: "connection",
        connection: { state: "unresponsive" },
      });
      const status = page.getByRole("status");
      await status.getByText("The server is not answering").waitFor();
      session.tell({
        type: "connection",
        connection: {
          state: "reconnecting",
          attempt: 2,
          serverStopped: false,
        },
      });
      await status.getByText("Connection lost").waitFor();
      assertEquals(await composer(page).inputValue(), "half a thought");
      await composer(page).press("Enter");
      assertEquals((await session.nextCommand()).type, "send");
      session.tell(queues("half a thought"));
      await message(page, "half a thought").getByText("Waiting").waitFor();
      session.tell(WELCOME);
      await page.getByText("Connection lost").waitFor({ state: "detached" });
      await message(page, "half a thought").waitFor();
    },
  },
  {
    name: "keeps the draft and what was not sent through a new login",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("later");
      session.tell(queues("lost"));
      session.tell({
        type: "ended",
        reason: { code: "refused", refusal: { code: "roomFull" } },
      });
      await message(page, "lost").getByText("Not sent").waitFor();
      assert(await page.getByRole("button", { name: "Send" }).isDisabled());
      await page.getByRole("button", { name: "Log in again" }).click();
      await page.getByRole("alert").getByText("The room is full.").waitFor();
      assertEquals(await page.getByLabel("Your name").inputValue(), "Ani");
      session.tell(WELCOME);
      assertEquals(await composer(page).inputValue(), "later");
      await message(page, "lost").waitFor();
    },
  },
  {
    name: "shows the members of a narrow room on demand",
    options: { ...IN_ROOM, width: 320 },
    async run({ page }) {
      const budi = page.getByRole("complementary").getByText("Budi");
      assert(await budi.isHidden());
      await page.getByRole("button", { name: "2 people" }).click();
      await budi.waitFor();
      await page.keyboard.press("Escape");
      await budi.waitFor({ state: "hidden" });
    },
  },
  {
    name: "is dark where the system is",
    options: { ...IN_ROOM, colorScheme: "dark" },
    async run({ page }) {
      const colours = () =>
        page.evaluate(() => {
          const { color, backgroundColor } = getComputedStyle(document.body);
          return [color, backgroundColor].map((colour) =>
            Number(/\d+/.exec(colour)![0])
          );
        });
      const [darkText, darkPaper] = await colours();
      assert(darkText! > 200 && darkPaper! < 50);
      await page.emulateMedia({ colorScheme: "light" });
      const [text, paper] = await colours();
      assert(text! < 50 && paper! > 200);
    },
  },
  {
    name: "gets everything again after a reload",
    options: { opening: [WELCOME, queues("still there")] },
    async run({ page, complaints }) {
      await message(page, "still there").waitFor();
      await page.reload();
      await message(page, "still there").waitFor();
      assertEquals(complaints, []);
    },
  },
  {
    name: "gives way to a second page, and takes the room back",
    options: IN_ROOM,
    async run({ page }) {
      const second = await page.context().newPage();
      await second.goto(page.url());
      await second.getByRole("heading", { name: "Lab" }).waitFor();
      await page.getByRole("heading", { name: "another tab" }).waitFor();
      await page.getByRole("button", { name: "Use it here" }).click();
      await page.getByRole("heading", { name: "Lab" }).waitFor();
      await second.getByRole("heading", { name: "another tab" }).waitFor();
    },
  },
  {
    name: "refuses a link that was used",
    async run({ page, link }) {
      const second = await page.context().newPage();
      await second.goto(link);
      assertStringIncludes(
        await second.locator("body").innerText(),
        "used already",
      );
      assert(!page.url().includes(link), "the link stays in the address bar");
    },
  },
  {
    name: "says so when the program has ended",
    options: IN_ROOM,
    async run({ page, endFace }) {
      await endFace();
      await page.getByRole("heading", { name: "program has ended" }).waitFor();
      await waitForFocus(page, "h1");
    },
  },
];
