import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  createPrivateFile,
  DamagedFileError,
  makePrivate,
  readPrivateFile,
  replacePrivateFile,
} from "../../../lib/store/private_file.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test(
  "readPrivateFile() reads what replacePrivateFile() wrote",
  withFolder((folder) => {
    const path = `${folder}/f`;
    replacePrivateFile(path, "one");
    replacePrivateFile(path, "två ✓");
    assertEquals(readPrivateFile(path), { text: "två ✓", exposed: false });
    assertEquals(namesIn(folder), ["f"]);
  }),
);

Deno.test(
  "readPrivateFile() finds no file where there is none",
  withFolder((folder) => {
    assertEquals(readPrivateFile(`${folder}/f`), undefined);
    Deno.writeTextFileSync(`${folder}/f`, "");
    assertEquals(readPrivateFile(`${folder}/f/g`), undefined);
  }),
);

Deno.test({
  name: "replacePrivateFile() makes the file private, whatever was there",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/f`;
    Deno.writeTextFileSync(path, "old");
    Deno.chmodSync(path, 0o666);
    replacePrivateFile(path, "new");
    assertEquals(modeOf(path), 0o600);
  }),
});

Deno.test({
  name: "replacePrivateFile() replaces a link, not what it points to",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/target`, "target");
    Deno.symlinkSync(`${folder}/target`, `${folder}/f`);
    replacePrivateFile(`${folder}/f`, "new");
    assertEquals(Deno.readTextFileSync(`${folder}/target`), "target");
    assert(Deno.lstatSync(`${folder}/f`).isFile);
  }),
});

Deno.test(
  "replacePrivateFile() leaves nothing behind when it fails",
  withFolder((folder) => {
    Deno.mkdirSync(`${folder}/f`);
    assertThrows(() => replacePrivateFile(`${folder}/f`, "text"));
    assertEquals(namesIn(folder), ["f"]);
  }),
);

Deno.test(
  "createPrivateFile() leaves the file of who was first",
  withFolder((folder) => {
    const path = `${folder}/f`;
    assertEquals(createPrivateFile(path, "first"), true);
    assertEquals(createPrivateFile(path, "second"), false);
    assertEquals(readPrivateFile(path)?.text, "first");
    assertEquals(namesIn(folder), ["f"]);
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
  }),
);

Deno.test({
  name: "readPrivateFile() tells of a file that others can read",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/f`;
    replacePrivateFile(path, "text");
    for (const mode of [0o640, 0o604, 0o620, 0o666]) {
      Deno.chmodSync(path, mode);
      assertEquals(readPrivateFile(path)?.exposed, true);
    }
    makePrivate(path);
    assertEquals(readPrivateFile(path)?.exposed, false);
  }),
});

Deno.test(
  "readPrivateFile() refuses what is too large or no text",
  withFolder((folder) => {
    const path = `${folder}/f`;
    Deno.writeFileSync(path, new Uint8Array(1024 * 1024 + 1));
    assertThrows(() => readPrivateFile(path), DamagedFileError, path);
    Deno.writeFileSync(path, new Uint8Array([0x61, 0xff]));
    assertThrows(() => readPrivateFile(path), DamagedFileError, "not UTF-8");
  }),
);

Deno.test({
  name: "readPrivateFile() stops reading a device that never ends",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    assertThrows(() => readPrivateFile("/dev/zero"), DamagedFileError);
  },
});
