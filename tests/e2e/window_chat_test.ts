/**
 * People chat with the executables: Ana in the native window, with mouse and
 * keyboard, Budi in a terminal's pipe, Citra by a script in a room. With `GAS_SCREENSHOTS=FOLDER` the
 * pictures of the README are taken on the way.
 */
import { assertEquals } from "@std/assert";
import { areCompiled, CLIENT, EmptyPlace, PASSWORD } from "./programs.ts";
import {
  hasInk,
  missingForWindows,
  until,
  VirtualDisplay,
  withoutSandboxIfImpossible,
} from "./virtual_display.ts";

const missing = areCompiled
  ? missingForWindows()
  : "what `deno task compile` makes";
if (missing !== undefined) {
  console.log(`the window's chat is not tested: ${missing} is missing`);
}

/** Where the login form has its heading, and where its button. */
const LOGIN_FORM = [
  { left: 500, right: 620, top: 130, bottom: 165 },
  { left: 500, right: 640, top: 520, bottom: 570 },
];

/** Where the field for writing has its upper border. */
const COMPOSER_BORDER = { left: 260, right: 416, top: 586, bottom: 596 };

/** Where messages of others appear; own ones and notices stand further right. */
const OTHERS_MESSAGES = { left: 236, right: 416, top: 130, bottom: 570 };

/** Where the list has the second room, and that something was not read there. */
const SECOND_ROOM = { left: 16, right: 150, top: 155, bottom: 185 };
const UNREAD = { left: 165, right: 200, top: 160, bottom: 182 };

Deno.test({
  name: "a person in the native window, one in a terminal and a script chat",
  ignore: missing !== undefined,
  async fn() {
    await using place = await EmptyPlace.make();
    await using display = await VirtualDisplay.start();
    const { program: server, address } = await place.serve();
    const serverTold = (what: string) =>
      until(
        `"${what}" in ${server.stdout}`,
        () => server.stdout.includes(what) || undefined,
      );
    const budi = place.join(address, "Budi");
    await serverTold("Budi");

    const ana = place.start(CLIENT, address, {
      DISPLAY: display.name,
      ...await withoutSandboxIfImpossible(),
    });
    const window = await display.window("GAS Chatroom");
    await until("the login form", async () => {
      const picture = await display.pixels();
      return LOGIN_FORM.every((part) => hasInk(picture, part)) || undefined;
    });
    await takePicture(display, window, "login");
    // The keyboard is in the first field that is not filled in.
    await display.type(window, "Ana");
    await display.press("Tab");
    await display.type(window, PASSWORD);
    await display.press("Return");
    await serverTold("Ana");
    // The screen lags behind: until the room is there, keys go to the login.
    await until("the empty room on the screen", async () => {
      const picture = await display.pixels();
      const isThere = hasInk(picture, COMPOSER_BORDER) &&
        !hasInk(picture, OTHERS_MESSAGES);
      return isThere || undefined;
    });
    await display.type(window, "Hello from the window");
    await display.press("Return");
    await until(
      "Ana's message",
      () => budi.stdout === "Ana: Hello from the window\n" || undefined,
    );

    await budi.type("Hello from the terminal\n");
    await until(
      "Budi's answer on the screen",
      async () => hasInk(await display.pixels(), OTHERS_MESSAGES) || undefined,
    );
    await visitRoom({ place, display, window, address });
    await takePicture(display, window, "chat");
    display.close(window);
    assertEquals(await ana.end(), 0, ana.stderr);
    await until(
      "Ana's leaving",
      () => /Ana.*left|left.*Ana/.test(budi.stderr) || undefined,
    );
    assertEquals(await place.temporaryFiles(), []);
  },
});

/** Makes a room and comes back from there; somebody writes to it meanwhile. */
async function visitRoom(
  { place, display, window, address }: {
    readonly place: EmptyPlace;
    readonly display: VirtualDisplay;
    readonly window: string;
    readonly address: readonly string[];
  },
): Promise<void> {
  const seen = (what: string, part: typeof UNREAD) =>
    until(
      `${what} on the screen`,
      async () => hasInk(await display.pixels(), part) || undefined,
    );
  await display.type(window, "/create Laboratory");
  await display.press("Return");
  await seen("the new room", SECOND_ROOM);
  await display.type(window, "/join GAS Chatroom");
  await display.press("Return");
  await seen("the first room", OTHERS_MESSAGES);
  const where = ["--server", address.slice(0, 2).join(":")];
  const who = ["--name", "Citra", "--room", "Laboratory"];
  const citra = place.send([...where, ...who], "The printer works again");
  assertEquals(await citra.end(), 0, citra.stderr);
  await seen("that something was said in the other room", UNREAD);
}

async function takePicture(
  display: VirtualDisplay,
  window: string,
  name: string,
): Promise<void> {
  const folder = Deno.env.get("GAS_SCREENSHOTS");
  if (folder === undefined) return;
  await display.screenshot(`${folder}/${name}.png`, window);
}
