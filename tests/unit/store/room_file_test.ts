import { assert, assertEquals } from "@std/assert";
import { loadSodium } from "../../../lib/crypto/sodium.ts";
import { roomFilePath } from "../../../lib/store/room_file.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

const crypto = await loadSodium();
const SERVER = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

Deno.test(
  "roomFilePath() gives each person at each server a file",
  withFolder((folder) => {
    const path = (identity: Uint8Array, name: string) =>
      roomFilePath(folder, crypto, { identity, name });
    const ani = path(SERVER, "Ani");
    assertEquals(path(SERVER, " ANI "), ani);
    assert(path(SERVER, "Budi") !== ani);
    assert(path(OTHER, "Ani") !== ani);
    assert(/^[0-9a-f]{32}\.sqlite$/.test(ani.split(/[/\\]/).at(-1)!), ani);
  }),
);

Deno.test({
  name: "roomFilePath() makes a folder that only the owner can open",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    roomFilePath(folder, crypto, { identity: SERVER, name: "Ani" });
    assertEquals(modeOf(`${folder}/rooms`), 0o700);
  }),
});
