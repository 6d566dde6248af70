/**
 * Steps of the page test: claims, roles, and what moderators do.
 *
 * @module
 */

/// <reference lib="dom" />

import { assertEquals } from "@std/assert";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import {
  composer,
  IN_ROOM,
  message,
  type PageStep,
  says,
  WELCOME,
} from "./page_steps.ts";

/** The page's person is a moderator. */
const PROMOTED: ClientEvent = {
  type: "memberChanged",
  roomId: 1,
  name: WELCOME.self,
  newName: WELCOME.self,
  role: "moderator",
  isAway: false,
  own: true,
};

/** What the page does about people. */
export const PEOPLE_STEPS: readonly PageStep[] = [
  {
    name: "asks for a claim's password twice, in a dialog",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("/claim");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      const first = dialog.getByLabel("New password");
      const second = dialog.getByLabel("The same once more");
      assertEquals(await first.getAttribute("type"), "password");
      assertEquals(await second.getAttribute("type"), "password");
      await first.fill("hunter2");
      await second.fill("hunter3");
      await page.keyboard.press("Enter");
      await dialog.getByRole("alert").getByText("different").waitFor();
      await second.fill("hunter2");
      await page.keyboard.press("Enter");
      const command = await session.nextCommand();
      assertEquals(command.type === "claim" && command.password, "hunter2");
      await dialog.waitFor({ state: "detached" });
      assertEquals(await composer(page).inputValue(), "");
      await composer(page).fill("/claim");
      await page.keyboard.press("Enter");
      assertEquals(await first.inputValue(), "");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    },
  },
  {
    name: "asks about people, and shows what they are",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill('/mute "Ani Wijaya" 2h');
      await page.keyboard.press("Enter");
      const asked = await session.nextCommand();
      assertEquals(asked.type === "ask" && asked.query, {
        type: "mute",
        name: "Ani Wijaya",
        seconds: 7_200,
      });
      session.tell({ ...PROMOTED, isAway: true });
      await page.getByText(`${WELCOME.self} is a moderator now.`).waitFor();
      await page.getByRole("complementary").getByText("moderator, away")
        .waitFor();
    },
  },
  {
    name: "shows the audit page by page",
    options: IN_ROOM,
    async run({ page, session }) {
      await composer(page).fill("/audit");
      await page.keyboard.press("Enter");
      const first = await session.nextCommand();
      if (first.type !== "ask") throw new Error("nothing was asked");
      assertEquals(first.query, { type: "audit", before: 0 });
      const row = { timeMs: 0, who: "Ani", whom: "Budi", detail: "" } as const;
      const rows = [{ ...row, auditId: 51, what: "kick" } as const];
      const { questionId } = first;
      session.tell({
        type: "answer",
        roomId: 1,
        questionId,
        answer: { type: "audit", rows, isEnd: false },
      });
      await page.getByText("There are older ones: /audit before:51").waitFor();
      await composer(page).fill("/audit before:51");
      await page.keyboard.press("Enter");
      const second = await session.nextCommand();
      assertEquals(second.type === "ask" && second.query, {
        type: "audit",
        before: 51,
      });
    },
  },
  {
    name: "lets a moderator remove what others wrote",
    options: IN_ROOM,
    async run({ page, session }) {
      session.tell(says("rude", {
        delivery: { state: "stored", sequence: 7, timeMs: 0, forwardedTo: 1 },
      }));
      const menu = message(page, "rude").getByRole("button", {
        name: "What to do with this message",
      });
      const remove = page.getByRole("button", { name: /^(Remove|Delete)/ });
      await menu.click();
      assertEquals(await remove.count(), 0);
      await menu.click();
      session.tell(PROMOTED);
      await page.getByText("is a moderator now.").waitFor();
      await menu.click();
      await remove.click();
      await remove.click();
      assertEquals(await session.nextCommand(), {
        type: "act",
        roomId: 1,
        act: { type: "remove", target: 7 },
      });
    },
  },
];
