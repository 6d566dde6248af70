import { assertEquals, assertThrows } from "@std/assert";
import { StoreError } from "../../../lib/store/store_error.ts";
import { writeWholeFile } from "../../../lib/store/whole_file.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

const NEW = { isReplacing: false };
const REPLACING = { isReplacing: true };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function filesOf(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test(
  "writeWholeFile() makes one private file of all the parts",
  withFolder((folder) => {
    writeWholeFile(`${folder}/a`, NEW, (write) => {
      write(bytes("one "));
      assertEquals(filesOf(folder).includes("a"), false);
      write(bytes("two"));
    });
    assertEquals(Deno.readTextFileSync(`${folder}/a`), "one two");
    assertEquals(filesOf(folder), ["a"]);
    if (HAS_MODES) assertEquals(modeOf(`${folder}/a`), 0o600);
  }),
);

Deno.test(
  "writeWholeFile() keeps what is there unless it is to be replaced",
  withFolder((folder) => {
    const path = `${folder}/a`;
    Deno.writeTextFileSync(path, "before", { mode: 0o644 });
    const write = (options: typeof NEW) =>
      writeWholeFile(path, options, (write) => write(bytes("after")));
    const { code } = assertThrows(() => write(NEW), StoreError);
    assertEquals(code, "fileExists");
    assertEquals(Deno.readTextFileSync(path), "before");
    write(REPLACING);
    assertEquals(Deno.readTextFileSync(path), "after");
    assertEquals(filesOf(folder), ["a"]);
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
  }),
);

Deno.test(
  "writeWholeFile() leaves nothing half written",
  withFolder((folder) => {
    const path = `${folder}/a`;
    Deno.writeTextFileSync(path, "before");
    assertThrows(() =>
      writeWholeFile(path, REPLACING, (write) => {
        write(bytes("half"));
        throw new RangeError("stop");
      }), RangeError);
    assertEquals(filesOf(folder), ["a"]);
    assertEquals(Deno.readTextFileSync(path), "before");
  }),
);

Deno.test(
  "writeWholeFile() keeps a file that appeared meanwhile",
  withFolder((folder) => {
    const path = `${folder}/a`;
    const { code } = assertThrows(() =>
      writeWholeFile(path, NEW, (write) => {
        write(bytes("mine"));
        Deno.writeTextFileSync(path, "theirs");
      }), StoreError);
    assertEquals(code, "fileExists");
    assertEquals(Deno.readTextFileSync(path), "theirs");
    assertEquals(filesOf(folder), ["a"]);
  }),
);
