import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  installWebviewLibrary,
  locateWebviewLibrary,
  webviewBinary,
} from "../../../lib/ui/webview_library.ts";
import { WindowUnavailableError } from "../../../lib/ui/window_unavailable.ts";

const SYSTEMS = [
  ["linux", "x86_64"],
  ["linux", "aarch64"],
  ["windows", "x86_64"],
  ["darwin", "x86_64"],
  ["darwin", "aarch64"],
] as const;

const onUnix = Deno.build.os !== "windows";

/** A binary small enough to forge, with a folder for it to be put into. */
interface Sandbox extends AsyncDisposable {
  readonly source: URL;
  readonly folder: string;
  /** The private folder inside. */
  readonly library: string;
  readonly binary: { readonly file: string; readonly sha256: string };
}

async function sandbox(): Promise<Sandbox> {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/source.so`, "binary");
  return {
    source: new URL(`file://${root}/source.so`),
    folder: `${root}/data`,
    library: `${root}/data/webview`,
    binary: {
      file: "source.so",
      // printf binary | sha256sum
      sha256:
        "9a3a45d01531a20e89ac6ae10b0b0beb0492acd7216a368aa062d1a5fecaf9cd",
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

for (const [os, arch] of SYSTEMS) {
  Deno.test(`webviewBinary() pins the package's file for ${os} ${arch}`, async () => {
    const binary = webviewBinary(os, arch);
    const source = locateWebviewLibrary(binary, import.meta.url);
    await using place = await sandbox();
    const path = await installWebviewLibrary({
      binary,
      source,
      folder: place.folder,
    });
    assertEquals(await Deno.readFile(path), await Deno.readFile(source));
  });
}

Deno.test("webviewBinary() refuses a system without a binary", () => {
  const error = assertThrows(
    () => webviewBinary("windows", "aarch64"),
    WindowUnavailableError,
  );
  assertEquals(error.reason, {
    type: "systemUnsupported",
    system: "windows aarch64",
  });
});

Deno.test("locateWebviewLibrary() finds a bundled program's file beside its entry", () => {
  assertEquals(
    locateWebviewLibrary(
      webviewBinary("linux", "x86_64"),
      "file:///opt/app/client.js",
    ).href,
    "file:///opt/app/dist/webview/libwebview-x64.so",
  );
});

Deno.test("installWebviewLibrary() names the copy after its content", async () => {
  await using place = await sandbox();
  const path = await installWebviewLibrary(place);
  assertEquals(path, `${place.library}/${place.binary.sha256}.so`);
});

Deno.test("installWebviewLibrary() uses the copy of an earlier start", async () => {
  await using place = await sandbox();
  const path = await installWebviewLibrary(place);
  const { ino } = await Deno.stat(path);
  await Deno.remove(place.source);
  assertEquals(await installWebviewLibrary(place), path);
  assertEquals((await Deno.stat(path)).ino, ino);
});

Deno.test("installWebviewLibrary() replaces a copy with other content", async () => {
  await using place = await sandbox();
  const path = await installWebviewLibrary(place);
  await Deno.writeTextFile(path, "forged");
  await installWebviewLibrary(place);
  assertEquals(await Deno.readTextFile(path), "binary");
});

Deno.test("installWebviewLibrary() refuses a source with other content and leaves nothing", async () => {
  await using place = await sandbox();
  await Deno.writeTextFile(place.source, "forged");
  await assertRejects(
    () => installWebviewLibrary(place),
    Error,
    "not the pinned",
  );
  assertEquals(await Array.fromAsync(Deno.readDir(place.library)), []);
});

Deno.test("installWebviewLibrary() is right when many start at once", async () => {
  await using place = await sandbox();
  const paths = await Promise.all(
    Array.from({ length: 8 }, () => installWebviewLibrary(place)),
  );
  assertEquals(new Set(paths).size, 1);
  const names = await Array.fromAsync(Deno.readDir(place.library));
  assertEquals(names.map(({ name }) => name), [
    `${place.binary.sha256}.so`,
  ]);
});

Deno.test({
  name: "installWebviewLibrary() makes folder and copy private",
  ignore: !onUnix,
  async fn() {
    await using place = await sandbox();
    await Deno.mkdir(place.library, { recursive: true, mode: 0o777 });
    const path = await installWebviewLibrary(place);
    const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
    assertEquals(await mode(place.library), 0o700);
    assertEquals(await mode(path), 0o600);
  },
});

Deno.test({
  name: "installWebviewLibrary() replaces a link without following it",
  ignore: !onUnix,
  async fn() {
    await using place = await sandbox();
    const path = await installWebviewLibrary(place);
    // Even a link to the right content: its target may change later.
    const target = `${place.library}/target`;
    await Deno.rename(path, target);
    await Deno.symlink(target, path);
    await installWebviewLibrary(place);
    assert((await Deno.lstat(path)).isFile);
    assertEquals(await Deno.readTextFile(target), "binary");
  },
});

Deno.test({
  name: "installWebviewLibrary() refuses a folder that is a link",
  ignore: !onUnix,
  async fn() {
    await using place = await sandbox();
    await Deno.mkdir(`${place.library}-elsewhere`, { recursive: true });
    await Deno.symlink(`${place.library}-elsewhere`, place.library);
    await assertRejects(
      () => installWebviewLibrary(place),
      Error,
      "not a folder of this user",
    );
  },
});

Deno.test({
  name: "installWebviewLibrary() refuses a folder of another user",
  // Only root can give a folder away.
  ignore: !onUnix || Deno.uid() !== 0,
  async fn() {
    await using place = await sandbox();
    await Deno.mkdir(place.library, { recursive: true });
    await Deno.chown(place.library, 65_534, 65_534);
    await assertRejects(
      () => installWebviewLibrary(place),
      Error,
      "not a folder of this user",
    );
  },
});
