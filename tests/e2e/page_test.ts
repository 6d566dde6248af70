/**
 * The page in a real browser, through the real browser face.
 */
import { buildPage } from "../../scripts/build_page.ts";
import { COMPLETION_STEPS } from "./page_completion_steps.ts";
import { PEOPLE_STEPS } from "./page_people_steps.ts";
import { DRAFT_STEPS } from "./page_draft_steps.ts";
import {
  CHROMIUM_PATH,
  hasChromium,
  launchChromium,
  withPage,
} from "./page_harness.ts";
import { LOGIN_STEPS } from "./page_login_steps.ts";
import { RECEIPT_STEPS } from "./page_receipt_steps.ts";
import { ROOM_STEPS } from "./page_room_steps.ts";
import { ROOMS_STEPS } from "./page_rooms_steps.ts";

const STEPS = [
  ...LOGIN_STEPS,
  ...ROOM_STEPS,
  ...ROOMS_STEPS,
  ...DRAFT_STEPS,
  ...COMPLETION_STEPS,
  ...RECEIPT_STEPS,
  ...PEOPLE_STEPS,
];

const missing = !hasChromium();
if (missing) {
  console.log(`page tests are left out: ${CHROMIUM_PATH} is missing`);
}

Deno.test({
  name: "page works in Chromium",
  ignore: missing,
  async fn(t) {
    const html = await buildPage();
    const browser = await launchChromium();
    try {
      for (const step of STEPS) {
        await t.step(
          `page ${step.name}`,
          () => withPage(browser, html, step.options ?? {}, step.run),
        );
      }
    } finally {
      await browser.close();
    }
  },
});
