import { assertEquals, assertNotEquals } from "@std/assert";
import { foldCase, nameSkeleton } from "../../../lib/chat/name_skeleton.ts";

for (
  const [a, b] of [
    ["Paul", "PauI"],
    ["Bill", "BiIl"],
    ["Oscar", "0scar"],
    ["user1", "userl"],
    ["NEIL", "Nell"],
    ["coco", "сосо"],
    ["BOBA", "ВОВА"],
    ["POXY", "РОХУ"],
    ["Ali", "AIi"],
    ["NIKA", "ΝΙΚΑ"],
    ["oo", "οο"],
    ["nun", "ոսո"],
  ] as const
) {
  Deno.test(`nameSkeleton() joins ${a} and ${b}`, () => {
    assertEquals(nameSkeleton(a), nameSkeleton(b));
  });
}

for (
  const [a, b] of [
    ["Neil", "Nell"],
    ["Ali", "All"],
    ["Иван", "Ivan"],
    ["Jose", "José"],
    ["5am", "Sam"],
  ] as const
) {
  Deno.test(`nameSkeleton() tells ${a} and ${b} apart`, () => {
    assertNotEquals(nameSkeleton(a), nameSkeleton(b));
  });
}

Deno.test("foldCase() folds a dotted capital I to i", () => {
  assertEquals(foldCase("İ"), "i");
});
