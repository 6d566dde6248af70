import { assert, assertEquals } from "@std/assert";
import {
  StoreError,
  storeErrorOf,
  withStoreErrors,
} from "../../../lib/store/store_error.ts";

function sqliteError(message: string, errcode?: number): Error {
  const fields = { code: "ERR_SQLITE_ERROR", errcode };
  return Object.assign(new Error(message), fields);
}

function codeOf(error: unknown): string | undefined {
  const sorted = storeErrorOf(error, "x");
  return sorted instanceof StoreError ? sorted.code : undefined;
}

Deno.test("storeErrorOf() sorts SQLite's result codes", () => {
  const codes = [5, 6, 8, 10, 11, 13, 26, 261, 267, 778, 1032, 1034, 4874];
  assertEquals(codes.map((code) => codeOf(sqliteError("words", code))), [
    "locked",
    "locked",
    "readOnly",
    "io",
    "corrupt",
    "full",
    "notADatabase",
    "locked",
    "corrupt",
    "full",
    "readOnly",
    "io",
    "full",
  ]);
});

Deno.test("storeErrorOf() sorts SQLite's words where there is no code", () => {
  const words = [
    "database is locked",
    "attempt to write a readonly database",
    "database disk image is malformed",
    "database or disk is full",
    "file is not a database",
    "disk I/O error",
  ];
  assertEquals(words.map((text) => codeOf(sqliteError(text))), [
    "locked",
    "readOnly",
    "corrupt",
    "full",
    "notADatabase",
    "io",
  ]);
});

Deno.test({
  name: "storeErrorOf() sorts errors of the file system",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    assertEquals(codeOf(new Deno.errors.NotFound("x")), "noSuchFile");
    assertEquals(codeOf(new Deno.errors.AlreadyExists("x")), "fileExists");
    assertEquals(codeOf(new Deno.errors.PermissionDenied("x")), "readOnly");
    const full = new Error("No space left on device (os error 28)");
    assertEquals(codeOf(full), "full");
    const readOnly = new Error("Read-only file system (os error 30): open 'x'");
    assertEquals(codeOf(readOnly), "readOnly");
    const sorted = storeErrorOf(readOnly, "x") as StoreError;
    assertEquals(sorted.detail, "Read-only file system");
    assertEquals(codeOf(new Deno.errors.NotCapable("x")), "io");
    assertEquals(codeOf(new Error("Input/output error (os error 5)")), "io");
  },
});

Deno.test("storeErrorOf() leaves bugs as they are", () => {
  for (const bug of [new TypeError("a bug"), "words", undefined]) {
    assertEquals(storeErrorOf(bug, "x"), bug);
  }
});

Deno.test("withStoreErrors() names the file, but the first one that is named", () => {
  const fail = () => {
    throw sqliteError("words", 13);
  };
  try {
    withStoreErrors("outer", () => withStoreErrors("inner", fail));
  } catch (error) {
    assert(error instanceof StoreError);
    const { code, path, detail } = error;
    assertEquals([code, path, detail], ["full", "inner", "words"]);
  }
  assertEquals(withStoreErrors("x", () => 5), 5);
});
