/**
 * Shows the real page in Chromium, through the real browser face, in front of a
 * scripted session.
 *
 * @module
 */

import { type Browser, chromium, type Page } from "playwright-core";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { serveBrowserFace } from "../../lib/ui/browser_face.ts";
import { ScriptedSession } from "./scripted_session.ts";

/** Where Debian's package puts the browser. */
export const CHROMIUM_PATH = "/usr/bin/chromium";

/** Without these, it reaches for the internet at every start. */
const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A condition that has not come true by then never does: ample for a slow
 * machine.
 */
const WAIT_TIMEOUT_MS = 60_000;

/** How the page is looked at. */
export interface PageOptions {
  /** What the session tells a page that is ready; by default a login form. */
  readonly opening?: readonly ClientEvent[];
  /** The browser's language. */
  readonly locale?: string;
  /** The system's colours. */
  readonly colorScheme?: "light" | "dark";
  /** The window's inner width. */
  readonly width?: number;
}

/** An open page. */
export interface OpenPage {
  /** The page. */
  readonly page: Page;
  /** The session behind it. */
  readonly session: ScriptedSession;
  /** The link that opened the page, used now. */
  readonly link: string;
  /** What the page complained about: errors, refused resources. */
  readonly complaints: readonly string[];
  /** Ends the program behind the page. */
  readonly endFace: () => Promise<void>;
}

/**
 * Tells whether the browser is there.
 *
 * @returns True if it can be started.
 */
export function hasChromium(): boolean {
  try {
    return Deno.statSync(CHROMIUM_PATH).isFile;
  } catch {
    return false;
  }
}

/**
 * Starts the browser.
 *
 * @returns The browser; to be closed.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: CHROMIUM_ARGUMENTS,
  });
}

/**
 * Opens the page, uses it, and closes all of it again.
 *
 * @param browser The browser.
 * @param html The page as built.
 * @param options How it is looked at.
 * @param use What to do with it.
 */
export async function withPage(
  browser: Browser,
  html: string,
  options: PageOptions,
  use: (open: OpenPage) => Promise<void>,
): Promise<void> {
  const session = new ScriptedSession();
  if (options.opening !== undefined) session.opening = options.opening;
  const stop = new AbortController();
  const links: string[] = [];
  const face = serveBrowserFace({
    session,
    html,
    onLink: (url) => links.push(url),
    signal: stop.signal,
  });
  const context = await browser.newContext({
    locale: options.locale ?? "en-US",
    colorScheme: options.colorScheme ?? "light",
    viewport: { width: options.width ?? 960, height: 680 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const endFace = () => {
    stop.abort();
    return face.finished;
  };
  context.setDefaultTimeout(WAIT_TIMEOUT_MS);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    const link = links[0] ?? "";
    await page.goto(link);
    await session.ready;
    await use({ page, session, link, complaints, endFace });
  } finally {
    await context.close();
    await endFace();
  }
}
