/**
 * What people do in a room, and what comes of it for ever: an act becomes the
 * next event of the room's log (docs/PROTOCOL.md section 7.2). What a room looks
 * like is nothing but its events in their order.
 *
 * @module
 */

import type { CborValue, FieldReader } from "./cbor.ts";
import {
  MAX_EMOJI_CHARACTERS,
  MAX_MESSAGE_CHARACTERS,
  MAX_TOPIC_CHARACTERS,
} from "./limits.ts";
import { ProtocolError } from "./protocol_error.ts";

/**
 * How a message is meant: said, done (`/me waves`), or announced: everybody is to
 * say that it was seen.
 */
export type MessageStyle = "plain" | "action" | "announcement";

/** Says something. */
export interface MessageAct {
  /** Which act. */
  readonly type: "message";
  /** How it is meant. */
  readonly style: MessageStyle;
  /** The sequence number of the message it answers; 0 for none. */
  readonly replyTo: number;
  /** The text, well-formed; empty once the message was removed. */
  readonly text: string;
}

/** Gives an own message another text. */
export interface EditAct {
  /** Which act. */
  readonly type: "edit";
  /** The message's sequence number. */
  readonly target: number;
  /** The new text; empty once the message was removed. */
  readonly text: string;
}

/** Removes an own message for everybody. */
export interface RemoveAct {
  /** Which act. */
  readonly type: "remove";
  /** The message's sequence number. */
  readonly target: number;
}

/** Adds an emoji to a message, or takes it back. */
export interface ReactAct {
  /** Which act. */
  readonly type: "react";
  /** The message's sequence number. */
  readonly target: number;
  /** One emoji. */
  readonly emoji: string;
  /** Whether it is there from now on. */
  readonly isOn: boolean;
}

/** Marks a message as one to be found again, or takes the mark off. */
export interface PinAct {
  /** Which act. */
  readonly type: "pin";
  /** The message's sequence number. */
  readonly target: number;
  /** Whether it is pinned from now on. */
  readonly isOn: boolean;
}

/** Says what the room is about. */
export interface TopicAct {
  /** Which act. */
  readonly type: "topic";
  /** The topic. */
  readonly text: string;
}

/** Says that an announcement was seen. Saying it again changes nothing. */
export interface AcknowledgeAct {
  /** Which act. */
  readonly type: "acknowledge";
  /** The announcement's sequence number. */
  readonly target: number;
}

/** An act that changes what was there. */
export type ChangeAct =
  | EditAct
  | RemoveAct
  | ReactAct
  | PinAct
  | TopicAct
  | AcknowledgeAct;

/** Anything that becomes an event. */
export type Act = MessageAct | ChangeAct;

/**
 * Makes the act of saying something.
 *
 * @param text The text.
 * @returns A message that answers none.
 */
export function plainMessage(text: string): MessageAct {
  return { type: "message", style: "plain", replyTo: 0, text };
}

/**
 * Tells whether an act is a message as most are: it has a short form of its own
 * on the wire.
 *
 * @param act The act.
 * @returns Whether it is plain and answers none.
 */
export function isPlainMessage(act: Act): act is MessageAct {
  return act.type === "message" && act.style === "plain" && act.replyTo === 0;
}

/**
 * Gives what is left of an act when its message is removed.
 *
 * @param act The act.
 * @returns The act without what was written.
 */
export function eraseAct(act: Act): Act {
  return act.type === "message" || act.type === "edit"
    ? { ...act, text: "" }
    : act;
}

/**
 * Gives an act's fields.
 *
 * @param act The act.
 * @returns Its kind and what belongs to it.
 */
export function actFields(act: Act): CborValue[] {
  switch (act.type) {
    case "message": {
      const style = MESSAGE_STYLES.indexOf(act.style);
      return [ActKind.message, style, act.replyTo, act.text];
    }
    case "edit":
      return [ActKind.edit, act.target, act.text];
    case "remove":
      return [ActKind.remove, act.target];
    case "react":
      return [ActKind.react, act.target, act.emoji, act.isOn];
    case "pin":
      return [ActKind.pin, act.target, act.isOn];
    case "topic":
      return [ActKind.topic, act.text];
    case "acknowledge":
      return [ActKind.acknowledge, act.target];
  }
}

/**
 * Reads an act's fields.
 *
 * @param fields The next one is its kind.
 * @returns The act.
 * @throws {ProtocolError} If it is none, or has a shorter form.
 */
export function readAct(fields: FieldReader): Act {
  switch (fields.uint()) {
    case ActKind.message: {
      const act: MessageAct = {
        type: "message",
        style: MESSAGE_STYLES[fields.uint(MESSAGE_STYLES.length - 1)]!,
        replyTo: fields.uint(),
        text: fields.text(MAX_MESSAGE_CHARACTERS),
      };
      if (isPlainMessage(act)) throw new ProtocolError("not the short form");
      return act;
    }
    case ActKind.edit: {
      const target = readTarget(fields);
      return {
        type: "edit",
        target,
        text: fields.text(MAX_MESSAGE_CHARACTERS),
      };
    }
    case ActKind.remove:
      return { type: "remove", target: readTarget(fields) };
    case ActKind.react:
      return {
        type: "react",
        target: readTarget(fields),
        emoji: fields.text(MAX_EMOJI_CHARACTERS),
        isOn: fields.bool(),
      };
    case ActKind.pin: {
      const target = readTarget(fields);
      return { type: "pin", target, isOn: fields.bool() };
    }
    case ActKind.topic:
      return { type: "topic", text: fields.text(MAX_TOPIC_CHARACTERS) };
    case ActKind.acknowledge:
      return { type: "acknowledge", target: readTarget(fields) };
  }
  throw new ProtocolError("unknown act");
}

function readTarget(fields: FieldReader): number {
  const target = fields.uint();
  if (target === 0) throw new ProtocolError("an act on nothing");
  return target;
}

/**
 * Tells whether a text is one emoji: one that Unicode recommends for
 * interchange (UTS 51 ED-27), or a single character that is drawn as one.
 *
 * @param text The text.
 * @returns Whether it may be a reaction.
 */
export function isEmoji(text: string): boolean {
  return EMOJI.test(text);
}

const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$/v;

/** What an act is, on the wire and in files: a number keeps its meaning. */
export const ActKind = {
  message: 1,
  edit: 2,
  remove: 3,
  react: 4,
  pin: 5,
  topic: 6,
  acknowledge: 7,
} as const;

/** By their numbers on the wire and in files. */
export const MESSAGE_STYLES: readonly MessageStyle[] = [
  "plain",
  "action",
  "announcement",
];
