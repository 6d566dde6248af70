import { countCharacters } from "./character_count.ts";
import type { ActRefusal } from "./act_refusal.ts";
import { MAX_KNOWN_TARGETS } from "./limits.ts";
import { type Authorship, isSamePerson } from "./person.ts";
import { type Act, isEmoji } from "./room_event.ts";
import type { LogEvent } from "./room_log.ts";

/** What an act on something has to know of it. */
interface Target extends Authorship {
  /** Whether it is a message: nothing else can be acted on. */
  readonly isMessage: boolean;
  /** Whether it is a message that everybody is to acknowledge. */
  readonly isAnnouncement: boolean;
  /** Whether its removal was accepted. */
  isRemoved: boolean;
}

/** Between which messages a target can be. */
export interface TargetRange {
  /** The oldest message that the log keeps. */
  readonly firstSequence: number;
  /** The newest message that is published: nobody has seen a later one. */
  readonly lastSequence: number;
}

/** Who acts. */
export interface ActingAuthor extends Authorship {
  /** Whether it may remove the message of somebody else. */
  readonly mayRemove?: (author: Authorship) => boolean;
}

/**
 * Says which acts a room takes. What was written lately, or acted on, it knows
 * by itself; of the rest it says what to look up in the log.
 */
export class ActRules {
  readonly #messageCharacters: number;
  /** By sequence number; what was not needed for the longest time comes first. */
  readonly #targets = new Map<number, Target>();
  /** Messages whose removal was accepted, and which the log may still have. */
  readonly #removing = new Set<number>();

  /**
   * Creates the rules of a room.
   *
   * @param limits What the operator allows.
   * @param recent The newest events of the log.
   */
  constructor(
    limits: { readonly messageCharacters: number },
    recent: readonly LogEvent[],
  ) {
    this.#messageCharacters = limits.messageCharacters;
    for (const event of recent.slice(-MAX_KNOWN_TARGETS)) {
      this.#remember(event.sequence, targetOf(event));
    }
  }

  /**
   * Checks what an act says by itself.
   *
   * @param act The act.
   * @returns Why it is refused; undefined if it is not.
   */
  checkContent(act: Act): ActRefusal | undefined {
    switch (act.type) {
      case "message":
      case "edit":
        return this.#checkText(act.text);
      case "topic":
        return act.text.trim() === "" ? { code: "empty" } : undefined;
      case "react":
        return isEmoji(act.emoji) ? undefined : { code: "notEmoji" };
      case "remove":
      case "pin":
      case "acknowledge":
        return undefined;
    }
  }

  /**
   * Tells what must be looked up before {@linkcode ActRules.checkTarget}.
   *
   * @param act The act.
   * @param range Where a target can be.
   * @returns A sequence number; undefined if everything is known.
   */
  missingTarget(act: Act, range: TargetRange): number | undefined {
    const sequence = targetSequence(act);
    if (sequence === 0 || outOfRange(sequence, range) !== undefined) {
      return undefined;
    }
    return this.#targets.has(sequence) ? undefined : sequence;
  }

  /**
   * Takes what the log has.
   *
   * @param sequence What was looked up.
   * @param event What is there; undefined if nothing is any more.
   */
  handleLookup(sequence: number, event: LogEvent | undefined): void {
    const target = event?.sequence === sequence
      ? targetOf(event)
      : { ...NO_TARGET };
    // Between the look-up and now its removal may have been accepted.
    target.isRemoved ||= this.#removing.has(sequence);
    this.#remember(sequence, target);
  }

  /**
   * Checks what an act is about. Nothing must be missing.
   *
   * @param act The act.
   * @param author Whose, and whose messages it may remove.
   * @param range Where a target can be.
   * @returns Why it is refused; undefined if it is not.
   */
  checkTarget(
    act: Act,
    author: ActingAuthor,
    range: TargetRange,
  ): ActRefusal | undefined {
    const sequence = targetSequence(act);
    if (sequence === 0) return undefined;
    const refusal = outOfRange(sequence, range);
    if (refusal !== undefined) return refusal;
    const target = this.#targets.get(sequence)!;
    this.#remember(sequence, target);
    if (!target.isMessage) return { code: "noSuchMessage" };
    // An answer to what is gone is still an answer.
    if (act.type === "message") return undefined;
    const isOwn = isSamePerson(target, author);
    const isAllowed = isOwn ||
      act.type === "remove" && author.mayRemove?.(target) === true;
    if ((act.type === "edit" || act.type === "remove") && !isAllowed) {
      return { code: "notYours" };
    }
    if (target.isRemoved) return { code: "removed" };
    return act.type === "acknowledge" && !target.isAnnouncement
      ? { code: "notAnnouncement" }
      : undefined;
  }

  /**
   * Tells who wrote something, if that is known.
   *
   * @param sequence What.
   * @returns Who.
   */
  authorOf(sequence: number): Authorship | undefined {
    return this.#targets.get(sequence);
  }

  /**
   * Takes note that an act has its place.
   *
   * @param event What it became.
   */
  handleAccepted(event: LogEvent): void {
    const { act, sequence } = event;
    this.#remember(sequence, targetOf(event));
    if (act.type !== "remove") return;
    this.#removing.add(act.target);
    this.#targets.get(act.target)!.isRemoved = true;
  }

  /**
   * Takes note that the log has an event.
   *
   * @param event The event.
   */
  handlePublished({ act }: LogEvent): void {
    if (act.type === "remove") this.#removing.delete(act.target);
  }

  #checkText(text: string): ActRefusal | undefined {
    const limitCharacters = this.#messageCharacters;
    if (text.trim() === "") return { code: "empty" };
    const isLong = text.length > limitCharacters &&
      countCharacters(text) > limitCharacters;
    return isLong ? { code: "tooLong", limitCharacters } : undefined;
  }

  #remember(sequence: number, target: Target): void {
    this.#targets.delete(sequence);
    this.#targets.set(sequence, target);
    if (this.#targets.size <= MAX_KNOWN_TARGETS) return;
    const [oldest] = this.#targets.keys();
    this.#targets.delete(oldest!);
  }
}

function targetOf({ act, authorKey, accountId }: LogEvent): Target {
  if (act.type !== "message") return { ...NO_TARGET };
  const isAnnouncement = act.style === "announcement";
  const isRemoved = act.text === "";
  return { isMessage: true, isAnnouncement, authorKey, accountId, isRemoved };
}

/** Nothing that could be acted on. */
const NO_TARGET: Target = {
  isMessage: false,
  isAnnouncement: false,
  authorKey: "",
  accountId: 0,
  isRemoved: true,
};

/** What an act is about; 0 if it is about nothing. */
function targetSequence(act: Act): number {
  switch (act.type) {
    case "message":
      return act.replyTo;
    case "topic":
      return 0;
    case "edit":
    case "remove":
    case "react":
    case "pin":
    case "acknowledge":
      return act.target;
  }
}

function outOfRange(
  sequence: number,
  { firstSequence, lastSequence }: TargetRange,
): ActRefusal | undefined {
  if (sequence > lastSequence) return { code: "noSuchMessage" };
  return sequence < firstSequence
    ? { code: "tooOld", firstSequence }
    : undefined;
}
