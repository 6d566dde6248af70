import { assertEquals, assertThrows } from "@std/assert";
import {
  chooseDataDir,
  createDataDir,
  type DataDirSources,
  dataFilePath,
} from "../../../lib/store/data_dir.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

function choose(sources: Partial<DataDirSources>): string | undefined {
  return chooseDataDir({
    given: undefined,
    programDir: undefined,
    os: "linux",
    env: {},
    isDirectory: () => false,
    ...sources,
  });
}

Deno.test("chooseDataDir() follows the XDG specification on Linux", () => {
  assertEquals(
    choose({ env: { HOME: "/home/a" } }),
    "/home/a/.local/share/gas-chatroom",
  );
  assertEquals(
    choose({ env: { HOME: "/home/a", XDG_DATA_HOME: "/data" } }),
    "/data/gas-chatroom",
  );
  assertEquals(
    choose({ env: { HOME: "/home/a", XDG_DATA_HOME: "relative" } }),
    "/home/a/.local/share/gas-chatroom",
  );
});

Deno.test("chooseDataDir() takes the platform's place elsewhere", () => {
  assertEquals(
    choose({ os: "darwin", env: { HOME: "/Users/a" } }),
    "/Users/a/Library/Application Support/GAS Chatroom",
  );
  assertEquals(
    choose({ os: "windows", env: { LOCALAPPDATA: "C:\\Users\\a\\Local" } }),
    "C:\\Users\\a\\Local\\GAS Chatroom",
  );
});

Deno.test("chooseDataDir() finds nothing without a home", () => {
  for (const os of ["linux", "darwin", "windows"]) {
    assertEquals(
      choose({ os, env: { HOME: "", LOCALAPPDATA: "" } }),
      undefined,
    );
  }
});

Deno.test("chooseDataDir() prefers gas-data beside the program", () => {
  const env = { HOME: "/home/a" };
  const isDirectory = (path: string) => path === "/stick/gas-data";
  assertEquals(
    choose({ env, isDirectory, programDir: "/stick" }),
    "/stick/gas-data",
  );
  assertEquals(
    choose({ env, isDirectory, programDir: "/other" }),
    "/home/a/.local/share/gas-chatroom",
  );
});

Deno.test("chooseDataDir() prefers the folder that was named to all", () => {
  const sources = { programDir: "/stick", isDirectory: () => true };
  assertEquals(choose({ ...sources, given: "here" }), "here");
});

Deno.test("dataFilePath() puts a file into the folder", () => {
  const separator = Deno.build.os === "windows" ? "\\" : "/";
  assertEquals(dataFilePath("d", "config"), `d${separator}config.json`);
});

Deno.test({
  name: "createDataDir() makes private folders and leaves others as they are",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    createDataDir(`${folder}/a/b`);
    assertEquals(modeOf(`${folder}/a/b`), 0o700);
    Deno.chmodSync(`${folder}/a`, 0o755);
    createDataDir(`${folder}/a`);
    assertEquals(modeOf(`${folder}/a`), 0o755);
  }),
});

Deno.test(
  "createDataDir() fails where a file is in the way",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assertThrows(() => createDataDir(`${folder}/file`));
  }),
);
