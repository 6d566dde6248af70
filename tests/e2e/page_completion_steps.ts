/**
 * Steps of the page test: what the input can go on with.
 *
 * @module
 */

/// <reference lib="dom" />

import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { composer, type PageStep, WELCOME } from "./page_steps.ts";

const OPTIONS = {
  opening: [{ ...WELCOME, members: ["Ani", "Budi", "Bunga Wijaya"] }],
};

function options(page: Page): Locator {
  return page.getByRole("listbox", { name: "Suggestions" })
    .getByRole("option");
}

/** The name of the option that assistive technology is told of. */
function activeOption(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => {
    const id = document.activeElement?.getAttribute("aria-activedescendant");
    return id && document.getElementById(id)?.textContent;
  });
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** What the input and its suggestions do. */
export const COMPLETION_STEPS: readonly PageStep[] = [
  {
    name: "completes commands and names by keyboard",
    options: OPTIONS,
    async run({ page, session }) {
      await composer(page).pressSequentially("/w");
      await options(page).first().waitFor();
      assertEquals(await options(page).count(), 2);
      const box = page.getByRole("combobox", {
        name: "Message",
        expanded: true,
      });
      assertEquals(await box.getAttribute("aria-controls"), "completions");
      assertEquals((await activeOption(page))?.startsWith("/who"), true);
      await press(page, "ArrowDown");
      assertEquals((await activeOption(page))?.startsWith("/whois name"), true);
      await press(page, "ArrowDown", "ArrowUp", "Enter");
      assertEquals(await composer(page).inputValue(), "/whois ");
      assertEquals(await options(page).count(), 0);
      await composer(page).pressSequentially("bun");
      assertEquals(await activeOption(page), "Bunga Wijaya");
      await press(page, "Tab");
      assertEquals(await composer(page).inputValue(), "/whois Bunga Wijaya");
      await composer(page).fill("");
      await composer(page).pressSequentially("hi @bud");
      await press(page, "Enter");
      assertEquals(await composer(page).inputValue(), "hi @Budi ");
      await press(page, "Enter");
      assertEquals(await session.nextCommand(), {
        roomId: 1,
        type: "send",
        text: "hi @Budi",
      });
    },
  },
  {
    name: "does not stand between a typed command and Enter",
    options: OPTIONS,
    async run({ page, session }) {
      await composer(page).pressSequentially("/who");
      await options(page).first().waitFor();
      await press(page, "Enter");
      assertEquals((await session.nextCommand()).type, "ask");
      await composer(page).pressSequentially("/m");
      await press(page, "Escape");
      assertEquals(await options(page).count(), 0);
      await page.getByRole("textbox", { name: "Message" }).waitFor();
      await press(page, "Enter");
      await page.getByText("There is no command /m,").waitFor();
      assertEquals(await composer(page).inputValue(), "/m");
    },
  },
  {
    name:
      "takes a suggestion by mouse and closes when the caret goes elsewhere",
    options: OPTIONS,
    async run({ page }) {
      await composer(page).pressSequentially("you, @bu");
      await options(page).filter({ hasText: "Bunga" }).click();
      assertEquals(await composer(page).inputValue(), "you, @Bunga Wijaya ");
      await composer(page).fill("");
      await composer(page).pressSequentially("/re");
      await options(page).first().waitFor();
      await press(page, "ArrowLeft");
      await options(page).first().waitFor({ state: "detached" });
    },
  },
];
