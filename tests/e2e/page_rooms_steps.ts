/**
 * Steps of the page test: several rooms.
 *
 * @module
 */

/// <reference lib="dom" />

import { assertEquals } from "@std/assert";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import {
  composer,
  message,
  type PageStep,
  says,
  WELCOME,
} from "./page_steps.ts";

function opened(
  roomId: number,
  kind: "public" | "private" | "direct",
  name: string,
  by = "",
): ClientEvent {
  const places = { lastSequence: 0, readSequence: 0 };
  return {
    type: "roomOpened",
    roomId,
    kind,
    name,
    by,
    isNew: true,
    ...places,
  };
}

function welcome(roomId: number, room: string): ClientEvent {
  return { ...WELCOME, roomId, room, openRoom: false };
}

const OPENING: readonly ClientEvent[] = [
  WELCOME,
  opened(2, "public", "Sains"),
  welcome(2, "Sains"),
  opened(3, "direct", "Budi"),
  { ...WELCOME, roomId: 3, kind: "direct", room: "Budi", openRoom: false },
];

/** What several rooms do. */
export const ROOMS_STEPS: readonly PageStep[] = [
  {
    name:
      "lists rooms with what was not read, and shows the one that is chosen",
    options: { opening: OPENING, width: 1200 },
    async run({ page, session }) {
      session.tell(
        says("experiment", { roomId: 2 }),
        says("psst", { roomId: 3 }),
      );
      const list = page.getByRole("navigation", { name: "Rooms" });
      await list.getByRole("button", {
        name: /Talk with Budi.*unread, for you/,
      })
        .waitFor();
      await composer(page).fill("half a");
      await list.getByRole("button", { name: /^Room Sains.*unread/ }).click();
      await message(page, "experiment").waitFor();
      assertEquals(await composer(page).inputValue(), "");
      await composer(page).fill("in Sains");
      await composer(page).press("Enter");
      assertEquals(await session.nextCommand(), {
        type: "send",
        roomId: 2,
        text: "in Sains",
      });
      await composer(page).press("Alt+ArrowUp");
      await page.getByRole("heading", { name: "Lab" }).waitFor();
      assertEquals(await composer(page).inputValue(), "half a");
    },
  },
  {
    name: "takes off what is read on another device, in the list and the title",
    options: { opening: OPENING, width: 1200 },
    async run({ page, session }) {
      await page.evaluate(() => {
        Object.defineProperty(document, "hidden", { get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      const delivery = { state: "stored", timeMs: 0, forwardedTo: 0 } as const;
      for (const roomId of [1, 2]) {
        session.tell(
          says(`one ${roomId}`, {
            roomId,
            delivery: { ...delivery, sequence: 1 },
          }),
          says(`two ${roomId}`, {
            roomId,
            delivery: { ...delivery, sequence: 2 },
          }),
        );
      }
      const title = (text: string) =>
        page.waitForFunction((text) => document.title === text, text);
      const listed = (name: RegExp | string) =>
        page.getByRole("navigation", { name: "Rooms" })
          .getByRole("button", { name }).waitFor();
      await title("(4) Lab · GAS Chatroom");
      await listed(/^Room Sains.*2.*unread/);
      session.tell(
        { type: "read", roomId: 1, readSequence: 1 },
        { type: "read", roomId: 2, readSequence: 1 },
      );
      await title("(2) Lab · GAS Chatroom");
      await listed(/^Room Sains.*1.*unread/);
      session.tell(
        { type: "read", roomId: 1, readSequence: 2 },
        { type: "read", roomId: 2, readSequence: 2 },
      );
      await title("Lab · GAS Chatroom");
      await listed(/^Room Sains$/);
    },
  },
  {
    name: "says who opened a room while something is being written",
    options: { opening: [WELCOME], width: 1200 },
    async run({ page, session }) {
      await composer(page).fill("half a");
      session.tell(
        opened(2, "private", "Sains", "Budi"),
        welcome(2, "Sains"),
        opened(3, "direct", "Budi", "Budi"),
      );
      const log = page.getByRole("log");
      await log.getByText("Budi invited you to #Sains.").waitFor();
      await log.getByText("Budi began a talk with you.").waitFor();
      await page.getByRole("heading", { name: "Lab" }).waitFor();
      assertEquals(await composer(page).inputValue(), "half a");
    },
  },
  {
    name: "names the room in the audit",
    options: { opening: OPENING, width: 1200 },
    async run({ page, session }) {
      const entry = { timeMs: Date.UTC(2026, 10, 22), who: "Budi", detail: "" };
      const what = "lock" as const;
      const row = { ...entry, auditId: 1, what, whom: "room 2" };
      const answer = { type: "audit", rows: [row], isEnd: true } as const;
      session.tell({ type: "answer", roomId: 1, questionId: 1, answer });
      await page.getByText("Budi locked #Sains").waitFor();
    },
  },
  {
    name: "completes the name of a room and goes there",
    options: { opening: OPENING, width: 1200 },
    async run({ page }) {
      await composer(page).pressSequentially("/join sa");
      await page.getByRole("option", { name: "Sains" }).waitFor();
      await composer(page).press("Tab");
      assertEquals(await composer(page).inputValue(), "/join Sains");
      await composer(page).press("Enter");
      await page.getByRole("heading", { name: "Sains" }).waitFor();
    },
  },
  {
    name: "creates a room and goes there, and begins a talk with somebody",
    options: { opening: [WELCOME], width: 1200 },
    async run({ page, session }) {
      await page.getByRole("button", { name: "New room" }).click();
      await page.getByLabel("Name of the room").fill("Seni");
      await page.getByLabel("Only for people who are invited").check();
      await page.getByRole("button", { name: "Create" }).click();
      const asked = await session.nextCommand();
      if (asked.type !== "ask") throw new Error("nothing was asked");
      const { questionId } = asked;
      assertEquals(asked.query, {
        type: "createRoom",
        kind: "private",
        name: "Seni",
      });
      session.tell(
        opened(2, "private", "Seni"),
        {
          type: "answer",
          roomId: 1,
          questionId,
          answer: { type: "createRoom", roomId: 2 },
        },
        welcome(2, "Seni"),
      );
      await page.getByRole("heading", { name: "Seni" }).waitFor();
      await page.getByRole("button", { name: "Write to Budi alone" }).click();
      const direct = await session.nextCommand();
      if (direct.type !== "ask") throw new Error("nothing was asked");
      assertEquals(direct.query, { type: "direct", name: "Budi" });
      session.tell({ type: "roomClosed", roomId: 2, reason: "archived" });
      await page.getByRole("heading", { name: "Lab" }).waitFor();
    },
  },
  {
    name: "says in its title, and on a narrow head, what waits elsewhere",
    options: { opening: OPENING, width: 360 },
    async run({ page, session }) {
      session.tell(
        says("experiment", { roomId: 2 }),
        says("psst", { roomId: 3 }),
      );
      await page.waitForFunction(() =>
        document.title === "(2) Lab · GAS Chatroom"
      );
      const rooms = page.getByRole("button", { name: /^Rooms 2 unread/ });
      await rooms.click();
      await page.getByRole("button", { name: /^Talk with Budi/ }).click();
      await page.waitForFunction(() =>
        document.title === "(1) Budi · GAS Chatroom"
      );
    },
  },
  {
    name: "is as wide as the window, whatever a room is called and about",
    options: {
      opening: [{
        ...WELCOME,
        room: "A room whose name takes all that a name may take".padEnd(64),
        topic: "What it is about ".repeat(10),
      }],
      width: 360,
    },
    async run({ page }) {
      await composer(page).waitFor();
      assertEquals(
        await page.evaluate(() => document.documentElement.scrollWidth),
        360,
      );
    },
  },
  {
    name: "says for whom one writes",
    options: { opening: OPENING, width: 1200 },
    async run({ page }) {
      const placeholder = () => composer(page).getAttribute("placeholder");
      assertEquals(await placeholder(), "Write to everyone…");
      await page.getByRole("button", { name: "Talk with Budi" }).click();
      await page.getByRole("heading", { name: "Budi" }).waitFor();
      assertEquals(await placeholder(), "Write to Budi…");
    },
  },
];
