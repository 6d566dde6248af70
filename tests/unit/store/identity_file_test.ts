import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type IdentityMaker,
  loadServerIdentity,
} from "../../../lib/store/identity_file.ts";
import { DamagedFileError } from "../../../lib/store/private_file.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

/** Counts up instead of being random. */
function maker(first: number): IdentityMaker {
  let next = first;
  return {
    randomBytes: (length) => new Uint8Array(length).fill(next++),
    createServerSetup: () => `setup ${first}`,
  };
}

Deno.test(
  "loadServerIdentity() makes an identity once",
  withFolder((folder) => {
    const path = `${folder}/identity.json`;
    const first = loadServerIdentity(path, maker(1));
    assertEquals(first, {
      identity: {
        noiseStaticSecret: new Uint8Array(32).fill(1),
        statelessResetKey: new Uint8Array(32).fill(2),
        opaqueServerSetup: "setup 1",
      },
      created: true,
      wasExposed: false,
    });
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
    const { identity, created } = loadServerIdentity(path, maker(7));
    assertEquals([identity, created], [first.identity, false]);
  }),
);

Deno.test(
  "loadServerIdentity() takes the identity of a server that was faster",
  withFolder((folder) => {
    const path = `${folder}/identity.json`;
    const slow: IdentityMaker = {
      ...maker(7),
      createServerSetup: () => {
        loadServerIdentity(path, maker(1));
        return "setup 7";
      },
    };
    const { identity, created } = loadServerIdentity(path, slow);
    assertEquals([identity.opaqueServerSetup, created], ["setup 1", false]);
  }),
);

Deno.test({
  name: "loadServerIdentity() makes an exposed file private and tells",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/identity.json`;
    loadServerIdentity(path, maker(1));
    Deno.chmodSync(path, 0o644);
    assertEquals(loadServerIdentity(path, maker(1)).wasExposed, true);
    assertEquals(modeOf(path), 0o600);
    assertEquals(loadServerIdentity(path, maker(1)).wasExposed, false);
  }),
});

Deno.test(
  "loadServerIdentity() never replaces a damaged file",
  withFolder((folder) => {
    const path = `${folder}/identity.json`;
    loadServerIdentity(path, maker(1));
    const whole = Deno.readTextFileSync(path);
    const damaged = [
      "",
      "null",
      "[]",
      "{}",
      whole.slice(0, -10),
      whole.replace('"version": 1', '"version": 2'),
      whole.replace("01", "0g"),
      whole.replace("0101", "01"),
      whole.replace("setup 1", ""),
      whole.replace('"setup 1"', "5"),
    ];
    for (const text of damaged) {
      assert(text !== whole);
      Deno.writeTextFileSync(path, text);
      const error = assertThrows(
        () => loadServerIdentity(path, maker(7)),
        DamagedFileError,
        path,
      );
      assertEquals(error.message.includes("0101"), false);
      assertEquals(Deno.readTextFileSync(path), text);
    }
  }),
);
