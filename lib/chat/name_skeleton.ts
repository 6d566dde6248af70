/**
 * Folds what differs in case only, in any language.
 *
 * @param text A normalised name.
 * @returns A text for comparing, not for showing.
 */
export function foldCase(text: string): string {
  // Upper case first: it joins ß with ss, ς with σ, ı with i.
  return text.replaceAll("\ufe0f", "").toUpperCase().toLowerCase()
    .normalize("NFKC").replaceAll("i\u0307", "i");
}

/**
 * Folds what looks alike in common fonts, after the idea of UTS 39 section 4.
 * The shapes of the original case count: "I" looks like "l", "i" does not, so
 * "Neil" and "Nell" are two names while "NEIL" and "Nell" are too alike. The
 * table has the pairs of Latin, Cyrillic, Greek, Armenian and digits that a
 * reader cannot tell apart; it is not the whole of Unicode's.
 *
 * @param text A normalised name.
 * @returns A text for comparing, not for showing.
 */
export function nameSkeleton(text: string): string {
  let shapes = "";
  for (const character of text) {
    shapes += LOOKALIKES.get(character) ?? character;
  }
  return foldCase(shapes);
}

/** Each character of `shapes` looks like the one in the same place of `plain`. */
const PAIRS = [
  // Within Latin and digits.
  { plain: "olllagll", shapes: "01I|ɑɡǀ∣" },
  // Cyrillic.
  { plain: "ABEKMHOPCTYXSlJQWl", shapes: "АВЕКМНОРСТУХЅІЈԚԜӀ" },
  { plain: "aeopcyxsijqwhdl", shapes: "аеорсухѕіјԛԝһԁӏ" },
  // Greek.
  { plain: "ABEZHlKMNOPTYX", shapes: "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" },
  { plain: "aovuipkxy", shapes: "αονυιρκχγ" },
  // Armenian.
  { plain: "onuhgqS", shapes: "օոսհցզՏ" },
];

const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  PAIRS.flatMap(({ plain, shapes }) =>
    Array.from(shapes, (shape, i): [string, string] => [shape, plain[i]!])
  ),
);
