import { assertEquals, assertMatch } from "@std/assert";
import {
  formatDay,
  formatMoment,
  formatTime,
} from "../../../../lib/ui/page/format_time.ts";

/** By the local clock, as people read it. */
function local(year: number, month: number, day: number, hour = 12): number {
  return new Date(year, month - 1, day, hour, 5, 9).getTime();
}

Deno.test("formatTime() writes hours and minutes as the language does", () => {
  assertEquals(formatTime("en", local(2026, 11, 22, 14)), "14:05");
  assertEquals(formatTime("id", local(2026, 11, 22, 14)), "14.05");
});

Deno.test("formatMoment() writes day and second", () => {
  assertMatch(
    formatMoment("en", local(2026, 11, 22, 14)),
    /^22 November 2026.*14:05:09$/,
  );
});

Deno.test("formatDay() knows today and yesterday, over a month's end too", () => {
  const now = local(2026, 12, 1, 0);
  assertEquals(formatDay("en", local(2026, 12, 1, 23), now), "Today");
  assertEquals(formatDay("en", local(2026, 11, 30, 23), now), "Yesterday");
  assertEquals(formatDay("id", local(2026, 11, 30, 0), now), "Kemarin");
});

Deno.test("formatDay() names the year only if it is another", () => {
  const now = local(2026, 11, 22);
  assertMatch(formatDay("en", local(2026, 5, 6), now), /^Wednesday,? 6 May$/);
  assertMatch(formatDay("id", local(2024, 5, 6), now), /^Senin, 6 Mei 2024$/);
});
