/**
 * The page's drawings. All are decoration: what they mean is said in words
 * beside them.
 *
 * @module
 */

import type { VNode } from "preact";

/**
 * The product's mark: a flame in a speech bubble.
 *
 * @returns The drawing.
 */
export function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 48 48" aria-hidden="true">
      <path
        class="mark-bubble"
        d="M24 3C12.4 3 3 11.8 3 22.7c0 6 2.9 11.4 7.4 15L9 45l8.1-3.7c2.2.7 4.5 1 6.9 1 11.6 0 21-8.8 21-19.6S35.6 3 24 3Z"
      />
      <path
        class="mark-flame"
        d="M25.4 9.5c1 5.1-1.2 7.3-3.6 10-2.3 2.5-4.6 5.1-4.6 8.9 0 4.6 3.4 7.8 7.3 7.8s7.3-3.2 7.3-7.6c0-3-1.3-5.3-2.9-7.2-.3 1.7-1 3-2.3 3.8.7-5.6-.4-11.4-1.2-15.7Z"
      />
      <path
        class="mark-core"
        d="M24.9 24.6c.2 2.2-2.9 3.7-2.9 6.6 0 1.9 1.3 3.2 2.8 3.2s2.7-1.3 2.7-3.1c0-2.5-1.7-4.2-2.6-6.7Z"
      />
    </svg>
  );
}

/** The strokes of the small icons, on a grid of 24. */
const ICON_PATHS = {
  people:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M16 3.3a4 4 0 0 1 0 7.4M22 21v-1a6 6 0 0 0-4-5.6",
  about:
    "M12 3l8 3v6c0 4.6-3.2 7.7-8 9-4.8-1.3-8-4.4-8-9V6l8-3ZM9 12l2.2 2.2L15.4 10",
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M4 15h16",
  lock: "M6 11h12v9H6v-9ZM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11",
  person:
    "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM5 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1",
  rooms: "M4 6h16M4 12h16M4 18h10",
  send: "M12 20V4M5 11l7-7 7 7",
  down: "M12 4v16M5 13l7 7 7-7",
  queued: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2",
  stored: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 3 2 20h20L12 3ZM12 10v4M12 17.2v.1",
  globe:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.500 5.600 12 3Z",
} as const;

/** Which small icon. */
export type IconName = keyof typeof ICON_PATHS;

/**
 * A small icon in the colour of its text.
 *
 * @param props Which one.
 * @returns The drawing.
 */
export function Icon(props: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICON_PATHS[props.name]} />
    </svg>
  );
}
