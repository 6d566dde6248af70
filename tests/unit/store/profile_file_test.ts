import { assertEquals, assertThrows } from "@std/assert";
import { readProfile, updateProfile } from "../../../lib/store/profile_file.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

Deno.test(
  "readProfile() reads what updateProfile() remembered",
  withFolder((folder) => {
    const path = `${folder}/profile.json`;
    assertEquals(readProfile(path), {});
    updateProfile(path, { host: "::1", port: 9000, name: "Ani ✓" });
    assertEquals(readProfile(path), { host: "::1", port: 9000, name: "Ani ✓" });
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
  }),
);

Deno.test(
  "updateProfile() keeps what is not given",
  withFolder((folder) => {
    const path = `${folder}/profile.json`;
    updateProfile(path, { host: "h", port: 1, name: "Ani" });
    updateProfile(path, { language: "id" });
    updateProfile(path, { name: "Budi" });
    assertEquals(readProfile(path), {
      host: "h",
      port: 1,
      name: "Budi",
      language: "id",
    });
  }),
);

Deno.test(
  "readProfile() reads damage as nothing, and updateProfile() repairs it",
  withFolder((folder) => {
    const path = `${folder}/profile.json`;
    for (const text of ["", "{", "null", "[]", '"x"', '{"version": 2}']) {
      Deno.writeTextFileSync(path, text);
      assertEquals(readProfile(path), {});
    }
    updateProfile(path, { name: "Ani" });
    assertEquals(readProfile(path), { name: "Ani" });
  }),
);

Deno.test(
  "readProfile() leaves out what cannot be",
  withFolder((folder) => {
    const path = `${folder}/profile.json`;
    const fields = {
      version: 1,
      host: 5,
      port: 70_000,
      name: "x".repeat(301),
      language: "",
      password: "hunter2",
    };
    Deno.writeTextFileSync(path, JSON.stringify(fields));
    assertEquals(readProfile(path), {});
    updateProfile(path, { name: "Ani" });
    assertEquals(Deno.readTextFileSync(path).includes("hunter2"), false);
  }),
);

Deno.test(
  "readProfile() tells of a file it may not read",
  withFolder((folder) => {
    Deno.mkdirSync(`${folder}/profile.json`);
    assertThrows(() => readProfile(`${folder}/profile.json`));
  }),
);
