import { assertEquals } from "@std/assert";
import { csvField, rollCsv } from "../../../lib/ui/roll_csv.ts";

const COLUMNS = {
  name: "Name",
  acknowledged: "Acknowledged",
  time: "Time (UTC)",
  yes: "yes",
  no: "no",
};

Deno.test("rollCsv() lists who has acknowledged, then who has not", () => {
  const csv = rollCsv({
    acknowledged: [{ name: "Ani", timeMs: 0 }],
    missing: ["Budi"],
  }, COLUMNS);
  assertEquals(
    csv,
    "\ufeffName,Acknowledged,Time (UTC)\r\n" +
      "Ani,yes,1970-01-01T00:00:00.000Z\r\nBudi,no,\r\n",
  );
});

Deno.test("csvField() quotes what has a comma, a quote or a line break", () => {
  assertEquals(csvField("Siti, Nur"), '"Siti, Nur"');
  assertEquals(csvField('the "boss"'), '"the ""boss"""');
  assertEquals(csvField("two\r\nlines"), '"two\r\nlines"');
  assertEquals(csvField("Ani"), "Ani");
});

Deno.test("csvField() begins no formula", () => {
  for (const sign of ["=", "+", "-", "@", "\t", "\r", "＝"]) {
    assertEquals(csvField(`${sign}1`).replace(/^"/, "").at(0), "'");
  }
  assertEquals(csvField("=1+2"), "'=1+2");
  assertEquals(csvField(' =HYPERLINK("x")'), '"\' =HYPERLINK(""x"")"');
});

Deno.test("csvField() leaves signs inside a name alone", () => {
  assertEquals(csvField("Ani-Budi"), "Ani-Budi");
});
