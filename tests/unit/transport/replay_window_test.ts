import { assertEquals } from "@std/assert";
import { ReplayWindow } from "../../../lib/transport/replay_window.ts";

/** As many numbers behind the newest are told apart. */
const WINDOW = 2048;

Deno.test("ReplayWindow.accept() follows the truth table", () => {
  const window = new ReplayWindow();
  const W = WINDOW;
  // In this order, after RFC 6479's reference test: number, accepted.
  const table: readonly [number, boolean][] = [
    [0, true],
    [0, false],
    [1, true],
    [1, false],
    [9, true],
    [8, true],
    [7, true],
    [7, false],
    [W, true],
    [W - 1, true],
    [W - 1, false],
    [W - 2, true],
    [2, true],
    [2, false],
    // Exactly the oldest number of the window, then one older.
    [W + 16, true],
    [17, true],
    [17, false],
    [16, false],
    [3, false],
    [0, false],
    // A word further, and over the ring's end.
    [W + 31, true],
    [W + 32, true],
    [W + 33, true],
    [W + 32, false],
    [33, false],
    [34, true],
    [2 * W - 1, true],
    [2 * W, true],
    [2 * W, false],
    [W, false],
    [W + 1, true],
    // Jumps of one window, one less, one more.
    [3 * W, true],
    [2 * W, false],
    [2 * W + 1, true],
    [4 * W - 1, true],
    [3 * W, false],
    [3 * W + 1, true],
    [5 * W, true],
    [4 * W - 1, false],
    [4 * W, false],
    [4 * W + 1, true],
    // Far jumps, above 2^32 and up to the largest packet number.
    [2 ** 32 + 5, true],
    [2 ** 32 + 5, false],
    [5 * W, false],
    [2 ** 32 + 4, true],
    [2 ** 32 - 7, true],
    [2 ** 53 - 2, true],
    [2 ** 53 - 2, false],
    [2 ** 53 - 3, true],
    [2 ** 53 - 2 - W, false],
    [2 ** 53 - 1 - W, true],
    [5, false],
  ];
  const wrong = table.filter(([number, accepted]) =>
    window.accept(number) !== accepted
  );
  assertEquals(wrong, []);
});

Deno.test("ReplayWindow.largest is -1 at first and then the largest accepted", () => {
  const window = new ReplayWindow();
  assertEquals(window.largest, -1);
  window.accept(5);
  window.accept(3);
  assertEquals(window.largest, 5);
  window.accept(5_000);
  window.accept(1);
  assertEquals(window.largest, 5_000);
});
