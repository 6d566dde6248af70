import { countCharacters } from "./character_count.ts";
import { MAX_NAME_CHARACTERS, MAX_RAW_NAME_CHARACTERS } from "./limits.ts";
import { foldCase, nameSkeleton } from "./name_skeleton.ts";

/** The rules of names, in the order in which they are tried. */
export const NAME_RULES = [
  "empty",
  "tooLong",
  "controlCharacter",
  "confusable",
  "reserved",
] as const;

/** Which rule a user name broke. */
export type NameRule = typeof NAME_RULES[number];

/** A name that keeps the rules of docs/PROTOCOL.md section 6.5. */
export interface MemberName {
  /** The name as everybody sees it: normalised (NFKC), spaces tidied. */
  readonly text: string;
  /** Equal for names that differ in case only. Whose name it is. */
  readonly key: string;
  /** Equal for names that look alike. Two such are never in a room together. */
  readonly skeleton: string;
}

/** What {@linkcode checkName} found. */
export type NameCheck =
  | { readonly type: "valid"; readonly name: MemberName }
  | { readonly type: "invalid"; readonly rule: NameRule };

/**
 * Checks a user name. Client and server use the same rules; the server's word
 * counts, because their Unicode versions may differ.
 *
 * Any script and emoji are allowed. Not allowed is what is invisible, what
 * draws over its neighbours, and what reads as somebody else.
 *
 * @param raw What was typed or received.
 * @returns The name, or the first rule it broke.
 */
export function checkName(raw: string): NameCheck {
  // Normalisation can make one character 18, so length is checked before it.
  if (raw.length > 2 * MAX_RAW_NAME_CHARACTERS) return invalid("tooLong");
  const text = normalizeName(raw);
  if (text === "") return invalid("empty");
  if (countCharacters(text) > MAX_NAME_CHARACTERS) return invalid("tooLong");
  // What is hidden may still make up an emoji.
  if (HIDDEN.test(text.replace(EMOJI, "")) || OVERDRAWN.test(text)) {
    return invalid("controlCharacter");
  }
  if (LIKE_A_PREFIX.test(text) || mixesAlphabets(text)) {
    return invalid("confusable");
  }
  const name = { text, key: foldCase(text), skeleton: nameSkeleton(text) };
  if (RESERVED.has(name.key) || RESERVED.has(name.skeleton)) {
    return invalid("reserved");
  }
  return { type: "valid", name };
}

/**
 * Folds what was typed for a name, whether it is one or not.
 *
 * @param raw What was typed; short, because normalisation takes time.
 * @returns {@linkcode MemberName.key} of the name that it would be.
 */
export function nameKey(raw: string): string {
  return foldCase(normalizeName(raw));
}

function normalizeName(raw: string): string {
  // Twice: a joiner that goes may have kept a letter and a mark apart.
  return raw.normalize("NFKC").replace(SPACES, " ")
    .replace(EMOJI_OR_JOINER, withoutJoiner).normalize("NFKC").trim();
}

/**
 * Whether a word mixes letters of alphabets that share shapes, as in "Pаul"
 * with a Cyrillic а. Separate words may differ: "Иван (Ivan)".
 */
function mixesAlphabets(text: string): boolean {
  for (const [word] of text.matchAll(WORDS)) {
    for (const { own, foreign } of ALPHABETS) {
      if (own.test(word) && foreign.test(word)) return true;
    }
  }
  return false;
}

/** Persian and Indic names are read without joiners, emoji are not. */
function withoutJoiner(match: string): string {
  return JOINERS.has(match) ? "" : match;
}

function invalid(rule: NameRule): NameCheck {
  return { type: "invalid", rule };
}

const SPACES = /\p{Zs}+/gu;

const EMOJI = /\p{RGI_Emoji}/gv;

const EMOJI_OR_JOINER = /\p{RGI_Emoji}|[\u200c\u200d]/gv;

/** Zero width non-joiner and joiner. */
const JOINERS: ReadonlySet<string> = new Set(["\u200c", "\u200d"]);

/** Control, format and private characters, separators, blank fillers. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}\u2800]/u;

/** A mark without a letter, or more marks on one than any language stacks. */
const OVERDRAWN = /^\p{M}|\s\p{M}|\p{M}{5}/u;

/** A terminal prints `name: text`: a name must not end itself early. */
const LIKE_A_PREFIX = /:(?: |$)/u;

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * The alphabets with letters of the same shapes. Letters of East Asian scripts
 * may stand beside Latin ones (UTS 39 section 5.2, "highly restrictive").
 */
const ALPHABETS = [
  {
    own: /\p{Script=Latin}/u,
    foreign:
      /(?![\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Common}])\p{L}/u,
  },
  {
    own: /\p{Script=Cyrillic}/u,
    foreign: /(?![\p{Script=Cyrillic}\p{Script=Common}])\p{L}/u,
  },
  {
    own: /\p{Script=Greek}/u,
    foreign: /(?![\p{Script=Greek}\p{Script=Common}])\p{L}/u,
  },
];

/** Who could be taken for the program or its operator, in both languages. */
const RESERVED: ReadonlySet<string> = new Set(
  [
    "server",
    "system",
    "sistem",
    "admin",
    "administrator",
    "moderator",
    "gas",
    "you",
    "anda",
    "kamu",
    "everyone",
    "semua",
  ].flatMap((name) => [
    foldCase(name),
    nameSkeleton(name),
    nameSkeleton(name.toUpperCase()),
  ]),
);
