/**
 * Steps of the page test: the login form.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Refusal } from "../../lib/ui/bridge.ts";
import { refusalText } from "../../lib/ui/strings.ts";
import {
  fillLogin,
  HOST,
  type PageStep,
  waitForFocus,
  WELCOME,
} from "./page_steps.ts";

const REFUSALS: readonly Refusal[] = [
  { code: "wrongPassword" },
  { code: "nameTaken", name: "Ani" },
  { code: "nameInvalid", rule: "confusable" },
  { code: "throttled", retryAfterSeconds: 12 },
  { code: "roomFull" },
  { code: "serverSilent", host: HOST, port: 8080 },
  { code: "serverGone", reason: "stopped" },
  {
    code: "serverKeyChanged",
    host: HOST,
    port: 8080,
    pinned: "old1 old2",
    presented: "new1 new2",
  },
  { code: "versionMismatch", supported: ["2"] },
  { code: "addressInvalid", host: "a b" },
  { code: "clientPortBusy", port: 5000 },
];

/** What the login form does. */
export const LOGIN_STEPS: readonly PageStep[] = [
  {
    name: "logs in with what was typed",
    async run({ page, session }) {
      await fillLogin(page);
      await page.getByRole("button", { name: "Connect" }).click();
      assertEquals(await session.nextCommand(), {
        type: "login",
        host: HOST,
        port: 8080,
        name: "Ani",
        password: "secret",
      });
      session.tell({ type: "loginProgress", stage: "connecting" });
      await page.getByText("Looking for the server").waitFor();
      session.tell({ type: "loginProgress", stage: "authenticating" });
      await page.getByText("Checking the password").waitFor();
      session.tell(WELCOME);
      await page.getByRole("heading", { name: "Lab" }).waitFor();
      await waitForFocus(page, "textarea");
    },
  },
  ...REFUSALS.map((refusal): PageStep => ({
    name: `says why a login was refused: ${refusal.code}`,
    async run({ page, session }) {
      await fillLogin(page);
      await page.keyboard.press("Enter");
      await session.nextCommand();
      session.tell({ type: "loginProgress", stage: "connecting" });
      await page.getByRole("button", { name: "Cancel" }).waitFor();
      session.tell({ type: "loginRefused", refusal });
      const alert = page.getByRole("alert");
      const { what, next } = refusalText("en", refusal);
      await alert.getByText(what, { exact: true }).waitFor();
      await alert.getByText(next, { exact: true }).waitFor();
      const password = page.getByLabel("Password", { exact: true });
      assertEquals(await password.inputValue(), "secret");
      assertEquals(await page.getByLabel("Your name").inputValue(), "Ani");
    },
  })),
  {
    name: "trusts a changed key only after the fingerprints were compared",
    async run({ page, session }) {
      await fillLogin(page);
      session.tell({ type: "loginRefused", refusal: REFUSALS[7]! });
      const trust = page.getByRole("button", { name: "Trust the new key" });
      await page.getByText("old1 old2").waitFor();
      await page.getByText("new1 new2").waitFor();
      assert(await trust.isDisabled());
      await page.getByRole("checkbox").check();
      await trust.click();
      assertEquals(await session.nextCommand(), {
        type: "forgetServerKey",
        host: HOST,
        port: 8080,
      });
      assertEquals((await session.nextCommand()).type, "login");
    },
  },
  {
    name: "gives a login up and keeps what was typed",
    async run({ page, session }) {
      await fillLogin(page);
      await page.keyboard.press("Enter");
      await session.nextCommand();
      session.tell({ type: "loginProgress", stage: "connecting" });
      await page.getByRole("button", { name: "Cancel" }).click();
      assertEquals(await session.nextCommand(), { type: "cancelLogin" });
      session.tell({ type: "loginForm", host: "", port: 8080, name: "" });
      await page.getByRole("button", { name: "Connect" }).waitFor();
      assertEquals(await page.getByLabel("Your name").inputValue(), "Ani");
    },
  },
  {
    name: "names each empty field and goes to the first",
    async run({ page, session }) {
      await page.getByLabel("Server").fill("");
      await page.getByLabel("Port").fill("http");
      await page.getByRole("button", { name: "Connect" }).click();
      await page.getByText("Type the server’s name").waitFor();
      await page.getByText("A port is a number").waitFor();
      await page.getByText("Type the room’s password").waitFor();
      await waitForFocus(page, "#host");
      assertEquals(session.pendingCommands, 0);
    },
  },
  {
    name: "takes a port from the end of the address",
    async run({ page, session }) {
      await page.getByLabel("Server").fill("lab.local:9000");
      await fillLogin(page);
      await page.keyboard.press("Enter");
      const command = await session.nextCommand();
      assert(command.type === "login");
      assertEquals([command.host, command.port], ["lab.local", 9000]);
    },
  },
  {
    name: "shows and hides the password",
    async run({ page }) {
      const password = page.getByLabel("Password", { exact: true });
      const show = page.getByRole("button", { name: "Show password" });
      assertEquals(await password.getAttribute("type"), "password");
      await show.click();
      assertEquals(await password.getAttribute("type"), "text");
      assertEquals(await show.getAttribute("aria-pressed"), "true");
    },
  },
  {
    name: "is logged in with the keyboard alone",
    async run({ page, session }) {
      await waitForFocus(page, "#name");
      await page.keyboard.type("Ani");
      await page.keyboard.press("Tab");
      await page.keyboard.type("secret");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      const command = await session.nextCommand();
      assert(command.type === "login");
      assertEquals([command.name, command.password], ["Ani", "secret"]);
      session.tell(WELCOME);
      await waitForFocus(page, "textarea");
      await page.keyboard.type("hi");
      await page.keyboard.press("Enter");
      assertEquals(await session.nextCommand(), {
        type: "send",
        roomId: 1,
        text: "hi",
      });
      await page.keyboard.press("Shift+Tab");
      await waitForFocus(page, "[role=log]");
    },
  },
  {
    name: "speaks the browser's language, and the other at a click",
    options: { locale: "id-ID" },
    async run({ page }) {
      await page.getByRole("button", { name: "Hubungkan" }).waitFor();
      assertEquals(await page.locator("html").getAttribute("lang"), "id");
      await page.getByLabel("Nama Anda").fill("Ani");
      await page.getByRole("button", { name: "English" }).click();
      await page.getByRole("button", { name: "Connect" }).waitFor();
      assertEquals(await page.locator("html").getAttribute("lang"), "en");
      assertEquals(await page.getByLabel("Your name").inputValue(), "Ani");
    },
  },
];
