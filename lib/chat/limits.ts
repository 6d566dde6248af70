/**
 * Every limit of login and chat. The constants are part of the protocol
 * (docs/PROTOCOL.md sections 6.7 and 7.8): both sides rely on them. Each is in a
 * table of docs/LIMITS.md, which says what whoever meets it reads. What an
 * operator may set is in {@linkcode ChatLimits}.
 *
 * @module
 */

/** A message ID: a UUID. */
export const MESSAGE_ID_BYTES = 16;

/** The secret by which a server knows a returning client: not guessable. */
export const CLIENT_INSTANCE_BYTES = 16;

/** Names one life of a room's history; a chance repeat is harmless. */
export const EPOCH_ID_BYTES = 8;

/** A name fits a list beside the chat; real names seldom pass 30. */
export const MAX_NAME_CHARACTERS = 32;

/**
 * The longest name a login may carry, so that a name that is too long is
 * answered with the rule it broke, and Unicode normalisation of it stays cheap.
 */
export const MAX_RAW_NAME_CHARACTERS = 256;

/** A room's name fits a window title. */
export const MAX_ROOM_CHARACTERS = 64;

/** More than any operator may allow: 64 kB of UTF-8 at worst. */
export const MAX_MESSAGE_CHARACTERS = 16_000;

/** A code point has at most 4 bytes of UTF-8. */
const MAX_CHARACTER_BYTES = 4;

/** More than any operator may allow: bounds `welcome`, the largest message. */
export const MAX_MEMBERS = 2_000;

/** CBOR array head, type, ID, what kind of act and on what, the text's head. */
const ACT_OVERHEAD_BYTES = 48;

/** The largest message a server takes: an `act` with a text. */
export const MAX_CLIENT_MESSAGE_BYTES: number = MAX_MESSAGE_CHARACTERS *
    MAX_CHARACTER_BYTES + ACT_OVERHEAD_BYTES;

/** A topic fits two lines above the talk. */
export const MAX_TOPIC_CHARACTERS = 256;

/** Families and flags of joined signs have 10 code points; none has 16. */
export const MAX_EMOJI_CHARACTERS = 16;

/** Different emoji at one message: a row of them. */
export const MAX_REACTION_KINDS = 12;

/**
 * Of how many messages the server knows without asking its log who wrote them
 * and whether they are removed: people act on what they still see. At most
 * about 0.5 MB.
 */
export const MAX_KNOWN_TARGETS = 4_096;

/**
 * Of how many reactions, each an emoji and a name, a room knows without asking
 * its log. All that one message can have fit; at most about 1 MB.
 */
export const MAX_KNOWN_REACTIONS = 32_768;

/**
 * How many of the newest reactions to a message count when the log is asked
 * which emoji are at it, those taken back included: a hall that reacts ten times
 * each, read in some milliseconds.
 */
export const MAX_COUNTED_REACTIONS = 10_000;

/**
 * Of how many of its newest messages an author is told who has them: those that
 * it still sees, in one datagram.
 */
export const MAX_RECEIPT_MESSAGES = 16;

/** `welcome` without its members: room, own name, topic and numbers. */
const WELCOME_OVERHEAD_BYTES = 2_048;

/** A name and its CBOR head, a role, and whether it is away. */
const MAX_NAME_BYTES = MAX_NAME_CHARACTERS * MAX_CHARACTER_BYTES + 4;

/** A time as CBOR has it. */
const TIME_BYTES = 9;

/**
 * The largest message a client takes: the answer to `who` with all members and
 * their times, a little more than a `welcome` with them.
 */
export const MAX_SERVER_MESSAGE_BYTES: number = MAX_MEMBERS *
    (MAX_NAME_BYTES + TIME_BYTES) +
  WELCOME_OVERHEAD_BYTES;

/** Room for a name of 128 bytes among what a server seals in a ticket. */
export const MAX_TICKET_BYTES = 384;

/** A week: a server that was away over the holidays finds its clients again. */
export const MAX_TICKET_LIFETIME_SECONDS = 604_800;

/**
 * A ticket may seem to come from the future by so much, as when a clock is set
 * right. One from further ahead has an unknown age.
 */
export const TICKET_CLOCK_TOLERANCE_MS = 600_000;

/**
 * The largest message of a login: a ticket beside a name of 256 four-byte
 * characters.
 */
export const MAX_LOGIN_MESSAGE_BYTES = 1_536;

/**
 * How many messages a client may have sent without an answer. At 100 ms of
 * round trip this carries 320 messages a second, far above the rate limit; a
 * server remembers as many IDs of each author, so that every resend is
 * recognised (docs/PROTOCOL.md section 7.5).
 */
export const MAX_UNACKNOWLEDGED_MESSAGES = 32;

/**
 * What a client keeps for a server that is away: an hour of busy typing, and
 * at worst 64 MB.
 */
export const MAX_OUTBOX_MESSAGES = 1_000;

/**
 * Of how many clients that left the server knows the rate and the last messages
 * without asking its log: more than come back after one break of the network.
 * At most about 6 kB each.
 */
export const MAX_DEPARTED_AUTHORS = 1_000;

/**
 * Accepted messages of a room that are not durable yet: some groups of a busy
 * room, and where the disk is full 32 MB of memory in a room with the default
 * limits. Beyond it members are not read until there is room.
 */
export const MAX_UNSTORED_MESSAGES = 2_048;

/**
 * How many messages a member that missed some is sent at a time. With the
 * longest texts 4 MB, which fits the transport's buffer beside what may still
 * wait there.
 */
export const HISTORY_PAGE_MESSAGES = 64;

/** Names that are claimed on a server: a town's, and 20 MB of its memory. */
export const MAX_ACCOUNTS = 20_000;

/** Bans in force at once: all fit one answer, and each login looks at all. */
export const MAX_BANS = 300;

/** People who may not write at once. */
export const MAX_MUTES = 1_000;

/** Ten years: whoever means longer leaves it out, which is for good. */
export const MAX_BAN_SECONDS = 315_360_000;

/** A month; whoever is to be silent for longer is banned. */
export const MAX_MUTE_SECONDS = 2_678_400;

/** A sentence. Beside a name a CONNECTION_CLOSE has room for it, or cuts it. */
export const MAX_REASON_CHARACTERS = 100;

/** What somebody says of themself: some lines. */
export const MAX_PROFILE_CHARACTERS = 512;

/** What somebody says of being away: a short line. */
export const MAX_AWAY_CHARACTERS = 100;

/** What is written down of a deed beside who did it to whom. */
export const MAX_AUDIT_DETAIL_CHARACTERS = 200;

/** Entries of the audit that are kept: years of a busy server, and 20 MB. */
export const MAX_AUDIT_ROWS = 100_000;

/** Entries of the audit in one answer: a screen or two. */
export const MAX_AUDIT_ENTRIES = 50;

/** The owner's code as printed: 80 bits in groups. */
export const MAX_OWNER_CODE_CHARACTERS = 64;

/** Nobody mistypes it more often, and nobody guesses it in so few. */
export const MAX_OWNER_CODE_TRIES = 20;

/** The largest millisecond a JavaScript `Date` can show (ECMA-262 21.4.1.1). */
export const MAX_TIME_MS = 8_640_000_000_000_000;

/** A rate a `welcome` may announce; above it a limit is none. */
export const MAX_MESSAGES_PER_SECOND = 1_000_000;

/** Longer waits would be a ban, and that has a close code. */
export const MAX_RETRY_SECONDS = 3_600;

/** Rooms of a server that are not archived: some for each of a school's classes. */
export const MAX_ROOMS = 1_000;

/**
 * Rooms besides the default one that a person is in, direct talks included. Each
 * is a stream of its connection, which has 64.
 */
export const MAX_ROOMS_OF_PERSON = 50;

/** Public and private rooms of one creator that are not archived. */
export const MAX_CREATED_ROOMS = 20;

/** Who belongs to a private room: a server knows all of them by heart. */
export const MAX_PRIVATE_MEMBERS = 200;

/**
 * A guest who was not there for so long does not come back: longer than any
 * holidays of a school. What it belongs to would be full of such guests.
 */
export const GUEST_MEMBERSHIP_DAYS = 180;

/**
 * A guest who was not there for so long before an announcement is not on its
 * roll: who came once is not expected for ever, who was ill last week is.
 */
export const GUEST_ROLL_DAYS = 30;

/**
 * Changes of rooms and questions about people that the store has not answered.
 * Whoever asks for more is told to come back.
 */
export const MAX_WAITING_CHANGES = 1_024;

/** Who writes once an hour is not talking. */
export const MAX_SLOW_SECONDS = 3_600;

/** More than fits the memory of a small server at an ordinary length. */
export const MAX_HISTORY_MESSAGES = 100_000;

/** A quarter of what a small server has. */
export const MAX_HISTORY_BYTES = 268_435_456;

/** A person asks one thing at a time; a face may look up some more meanwhile. */
export const MAX_OPEN_REQUESTS = 4;

/** Who scrolls back through a day turns pages this fast for a moment. */
export const REQUEST_BURST = 20;

/** Faster than anybody reads what is answered. */
export const REQUESTS_PER_SECOND = 4;

/**
 * Questions to the log that may wait, of all members together: a log that
 * answers 50 a second has them done within five seconds.
 */
export const MAX_WAITING_FINDS = 256;

/** What fills some screens. */
export const MAX_ANSWER_MESSAGES = 50;

/**
 * The text in an answer, except that the newest message is always in it: a page
 * of long messages is shorter. With all else it fits
 * {@linkcode MAX_SERVER_MESSAGE_BYTES}.
 */
export const MAX_ANSWER_TEXT_BYTES = 131_072;

/** A line that is typed to find something. */
export const MAX_SEARCH_CHARACTERS = 200;

/** Who knows eight words of a message has found it. */
export const MAX_SEARCH_WORDS = 8;

/**
 * Having looked for so long, and a step more, a search says how far it got: who
 * asks does not wait for longer, and nothing that is asked keeps the store.
 */
export const MAX_SEARCH_MS = 40;

/** A client goes on with a search so often, and some questions are left. */
export const MAX_SEARCH_PAGES = 16;

/** Words are told apart by so many characters; longer ones are seldom words. */
export const MAX_WORD_CHARACTERS = 32;

/** Shorter beginnings of words are in nearly every message. */
export const MIN_PREFIX_CHARACTERS = 3;

/** Marks in a text; nobody looks at more. */
export const MAX_MATCH_RANGES = 32;

/** A message that is edited for ever keeps the times of its last edits. */
export const MAX_EDIT_TIMES = 100;

/** What an operator may set for a room. */
export interface ChatLimits {
  /** The longest message in code points, up to {@linkcode MAX_MESSAGE_CHARACTERS}. */
  readonly messageCharacters: number;
  /** Messages a member may send at once, up to {@linkcode MAX_MESSAGES_PER_SECOND}. */
  readonly messageBurst: number;
  /** Messages a second a member may go on sending, at least 1. */
  readonly messagesPerSecond: number;
  /** People in the room, up to {@linkcode MAX_MEMBERS}. */
  readonly members: number;
  /** Messages kept for those who come later. */
  readonly historyMessages: number;
  /** Memory those messages may take, as encoded. */
  readonly historyBytes: number;
}

/** The limits of a room whose operator sets none. */
export const DEFAULT_CHAT_LIMITS: ChatLimits = {
  // Two pages of prose.
  messageCharacters: 4_000,
  // A paste of a page of lines goes out at once.
  messageBurst: 100,
  // Nobody types or reads that fast; 10,000 piped lines pass in nine minutes.
  messagesPerSecond: 20,
  // A full lecture hall.
  members: 1_000,
  // A lesson's worth of talk for those who come late.
  historyMessages: 1_000,
  // A thousand messages of ordinary length take a fifth of this.
  historyBytes: 4_194_304,
};

/**
 * Checks what an operator set.
 *
 * @param limits The limits.
 * @returns The same limits.
 * @throws {RangeError} If one is not an integer in its range.
 */
export function checkChatLimits(limits: ChatLimits): ChatLimits {
  checkRange("messageCharacters", limits.messageCharacters, {
    max: MAX_MESSAGE_CHARACTERS,
  });
  checkRange("messageBurst", limits.messageBurst, {
    max: MAX_MESSAGES_PER_SECOND,
  });
  checkRange("messagesPerSecond", limits.messagesPerSecond, {
    max: MAX_MESSAGES_PER_SECOND,
  });
  checkRange("members", limits.members, { max: MAX_MEMBERS });
  checkRange("historyMessages", limits.historyMessages, {
    max: MAX_HISTORY_MESSAGES,
  });
  checkRange("historyBytes", limits.historyBytes, { max: MAX_HISTORY_BYTES });
  return limits;
}

function checkRange(
  name: string,
  value: number,
  { max }: { readonly max: number },
): void {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new RangeError(
      `Cannot set ${name} to ${value}: it is a whole number from 1 to ${max}`,
    );
  }
}
