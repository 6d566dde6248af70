import { assertEquals } from "@std/assert";
import {
  blamedField,
  checkFields,
  fillFields,
  firstEmptyField,
  separatePort,
} from "../../../../lib/ui/page/login_fields.ts";

const FIELDS = { host: "lab", port: "8080", name: "Ani", password: "GAS1" };

Deno.test("fillFields() fills all but the password", () => {
  const login = {
    filled: { host: "lab", port: 8080, name: "Ani" },
    progress: undefined,
    refusal: undefined,
  };
  assertEquals(fillFields(login), { ...FIELDS, password: "" });
});

Deno.test("firstEmptyField() ends at the password", () => {
  assertEquals(firstEmptyField({ ...FIELDS, name: "", password: "" }), "name");
  assertEquals(firstEmptyField(FIELDS), "password");
});

Deno.test("separatePort() moves a port behind the address to its field", () => {
  const moved = separatePort({ ...FIELDS, host: "[::1]:9000" });
  assertEquals([moved.host, moved.port], ["::1", "9000"]);
});

Deno.test("separatePort() leaves an address without port as it is", () => {
  assertEquals(separatePort(FIELDS), FIELDS);
  const broken = { ...FIELDS, host: "http://lab" };
  assertEquals(separatePort(broken), broken);
});

Deno.test("checkFields() finds nothing wrong with fields in order", () => {
  assertEquals(checkFields(FIELDS, "en"), {});
});

Deno.test("checkFields() names every field that is wrong", () => {
  const empty = { host: " ", port: "", name: "", password: "" };
  assertEquals(Object.keys(checkFields(empty, "id")), [
    "host",
    "port",
    "name",
    "password",
  ]);
  assertEquals(Object.keys(checkFields({ ...FIELDS, host: "a b" }, "en")), [
    "host",
  ]);
  for (const port of ["0", "65536", "80a", "-1", "1.5"]) {
    assertEquals(Object.keys(checkFields({ ...FIELDS, port }, "en")), ["port"]);
  }
});

Deno.test("blamedField() names the field to correct, if it is one", () => {
  assertEquals(blamedField({ code: "wrongPassword" }), "password");
  assertEquals(blamedField({ code: "nameTaken", name: "Ani" }), "name");
  assertEquals(
    blamedField({ code: "serverSilent", host: "lab", port: 8080 }),
    "host",
  );
  assertEquals(blamedField({ code: "roomFull" }), undefined);
});
