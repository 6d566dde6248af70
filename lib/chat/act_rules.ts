import { countCharacters } from "./character_count.ts";
import type { ActRefusal } from "./act_refusal.ts";
import {
  MAX_KNOWN_REACTIONS,
  MAX_KNOWN_TARGETS,
  MAX_REACTION_KINDS,
} from "./limits.ts";
import { applyReaction, type Reaction } from "./message_state.ts";
import { type Authorship, isSamePerson } from "./person.ts";
import { type Act, isEmoji, type ReactAct } from "./room_event.ts";
import type { LogEvent } from "./room_log.ts";

/** What an act on something has to know of it. */
interface Target extends Authorship {
  /** Whether it is a message: nothing else can be acted on. */
  readonly isMessage: boolean;
  /** Whether it is a message that everybody is to acknowledge. */
  readonly isAnnouncement: boolean;
  /** Whether its removal was accepted. */
  isRemoved: boolean;
  /** The emoji at it, as far as they were accepted. */
  reactions: readonly Reaction[];
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
  /** How many names are at the emoji of all these. */
  #knownReactions = 0;
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
      // What is older than these is not known, and neither what is at it.
      this.#react(event);
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
   * @param events What is there first, unless nothing is any more; then what
   *   may be reactions to it, ascending.
   */
  handleLookup(sequence: number, events: readonly LogEvent[]): void {
    const [event] = events;
    const target = event?.sequence === sequence
      ? targetOf(event)
      : { ...NO_TARGET };
    // Between the look-up and now its removal may have been accepted.
    target.isRemoved ||= this.#removing.has(sequence);
    this.#remember(sequence, target);
    for (const later of events) {
      if (later.act.type !== "react" || later.act.target !== sequence) continue;
      this.#react(later);
    }
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
    if (act.type === "react") return checkKinds(target.reactions, act);
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
    this.#react(event);
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
    this.#forget(sequence);
    this.#targets.set(sequence, target);
    this.#knownReactions += countReactions(target.reactions);
    if (this.#targets.size <= MAX_KNOWN_TARGETS) return;
    const [oldest] = this.#targets.keys();
    this.#forget(oldest!);
  }

  #forget(sequence: number): void {
    const target = this.#targets.get(sequence);
    if (target === undefined) return;
    this.#targets.delete(sequence);
    this.#knownReactions -= countReactions(target.reactions);
  }

  /** Puts a reaction on its target, if that is known. */
  #react({ act, author }: LogEvent): void {
    if (act.type !== "react") return;
    const target = this.#targets.get(act.target);
    if (target === undefined) return;
    const { reactions } = target;
    target.reactions = applyReaction(reactions, act, author);
    this.#knownReactions += countReactions(target.reactions) -
      countReactions(reactions);
    for (const [sequence, other] of this.#targets) {
      if (this.#knownReactions <= MAX_KNOWN_REACTIONS) return;
      if (other !== target) this.#forget(sequence);
    }
  }
}

/** One emoji more than is shown would be nowhere. */
function checkKinds(
  reactions: readonly Reaction[],
  { emoji, isOn }: ReactAct,
): ActRefusal | undefined {
  if (!isOn || reactions.length < MAX_REACTION_KINDS) return undefined;
  if (reactions.some((reaction) => reaction.emoji === emoji)) return undefined;
  return { code: "tooManyReactions", limitKinds: MAX_REACTION_KINDS };
}

function countReactions(reactions: readonly Reaction[]): number {
  return reactions.reduce((count, { names }) => count + names.length, 0);
}

function targetOf({ act, authorKey, accountId }: LogEvent): Target {
  if (act.type !== "message") return { ...NO_TARGET };
  const isAnnouncement = act.style === "announcement";
  const isRemoved = act.text === "";
  return {
    isMessage: true,
    isAnnouncement,
    authorKey,
    accountId,
    isRemoved,
    reactions: [],
  };
}

/** Nothing that could be acted on. */
const NO_TARGET: Target = {
  isMessage: false,
  isAnnouncement: false,
  authorKey: "",
  accountId: 0,
  isRemoved: true,
  reactions: [],
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
