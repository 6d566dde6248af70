/**
 * What the steps of the page test share. Elements are found as a screen reader
 * finds them, by role and name, so every step also tests that.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Locator, Page } from "playwright-core";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { WELCOME as FAKE_WELCOME } from "../unit/ui/fake_session.ts";
import type { OpenPage, PageOptions } from "./page_harness.ts";

/** One behaviour of the page. */
export interface PageStep {
  /** What the page does. */
  readonly name: string;
  /** How it is looked at. */
  readonly options?: PageOptions;
  /** Tries it. */
  readonly run: (open: OpenPage) => Promise<void>;
}

/** The server of all steps. */
export const HOST = "192.168.1.20";

/** The room of all steps. */
export const WELCOME: Extract<ClientEvent, { type: "welcome" }> = {
  ...FAKE_WELCOME,
  room: "Lab",
  openRoom: true,
  fingerprint: "k4mh 7qzt",
  host: HOST,
  messageLimitCharacters: 4_000,
};

/** A page that is in the room from the start. */
export const IN_ROOM: PageOptions = { opening: [WELCOME] };

const places = new Map<string, number>();

/** Each message has a place of its own. */
function placeOf(text: string): number {
  const place = places.get(text) ?? 1_000 + places.size;
  places.set(text, place);
  return place;
}

/** A message of Budi; its text is its ID. */
export function says(
  text: string,
  more: Partial<Extract<ClientEvent, { type: "message" }>> = {},
): ClientEvent {
  return {
    type: "message",
    roomId: 1,
    id: text,
    author: "Budi",
    own: false,
    style: "plain",
    replyTo: 0,
    text,
    timeMs: Date.UTC(2026, 10, 22, 9, 0),
    earlier: false,
    delivery: {
      state: "stored",
      sequence: placeOf(text),
      timeMs: 0,
      forwardedTo: 1,
    },
    ...more,
  };
}

/** An own message on its way. */
export function queues(text: string): ClientEvent {
  return says(text, {
    author: "Ani",
    own: true,
    delivery: { state: "queued" },
  });
}

/** Types name and password. */
export async function fillLogin(page: Page): Promise<void> {
  await page.getByLabel("Your name").fill("Ani");
  await page.getByLabel("Password", { exact: true }).fill("secret");
}

/** The rows of the list with a text. */
export function message(page: Page, text: string): Locator {
  return page.getByRole("log").getByRole("listitem").filter({ hasText: text });
}

/** The input. */
export function composer(page: Page): Locator {
  // Its role is another one while suggestions are shown.
  return page.getByLabel("Message", { exact: true });
}

/** Pastes into the input, by the clipboard and the keyboard. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await composer(page).press("Control+V");
}

/** Waits until an element has the focus. */
export async function waitForFocus(
  page: Page,
  selector: string,
): Promise<void> {
  await page.waitForFunction(
    (selector) => document.activeElement?.matches(selector),
    selector,
  );
}

/** Waits until the message list is scrolled to its end, or far above it. */
export async function waitForScroll(
  page: Page,
  place: "end" | "above",
): Promise<void> {
  await page.waitForFunction((place) => {
    const log = document.querySelector("[role=log]");
    if (log === null) return false;
    const below = log.scrollHeight - log.clientHeight - log.scrollTop;
    // The page, too, counts the last line as the end.
    return place === "end" ? below < 24 : below > 200;
  }, place);
}
