/**
 * Why a script's stay in a room did not work out, in sentences.
 *
 * @module
 */

import type { MessageRefusal, RoomEnding } from "../chat/chat_client_event.ts";
import type { QuestionRefusal } from "../chat/open_requests.ts";
import type { EndReason, Refusal } from "../ui/bridge.ts";
import { questionRefusalText } from "../ui/lookup_strings.ts";
import { roomStrings } from "../ui/room_strings.ts";
import {
  type Language,
  messageRefusalText,
  noticeText,
  refusalText,
} from "../ui/strings.ts";

/** Why something did not work out. */
export type RoomFailure =
  /** `server` is no address. */
  | { readonly type: "serverInvalid"; readonly server: string }
  /** The login did not lead into the room. */
  | { readonly type: "loginRefused"; readonly refusal: Refusal }
  /** The room `#name`, or the talk `@name`, cannot be entered. */
  | {
    readonly type: "roomRefused";
    readonly room: string;
    readonly refusal: QuestionRefusal;
  }
  /** One is not in the room any more. */
  | {
    readonly type: "roomClosed";
    readonly room: string;
    readonly reason: RoomEnding;
  }
  /** A message goes nowhere. */
  | { readonly type: "messageRefused"; readonly refusal: MessageRefusal }
  /** The stay in the room is over. */
  | { readonly type: "ended"; readonly reason: EndReason };

/** Something did not work out. Its message says why, in English. */
export class RoomError extends Error {
  /** The name errors of this class print. */
  override readonly name = "RoomError";
  /** Why. */
  readonly failure: RoomFailure;

  /**
   * Says why.
   *
   * @param failure Why.
   */
  constructor(failure: RoomFailure) {
    super(failureText("en", failure));
    this.failure = failure;
  }
}

/**
 * Says why something did not work out.
 *
 * @param language The language to say it in.
 * @param failure Why.
 * @returns Some sentences.
 */
export function failureText(language: Language, failure: RoomFailure): string {
  switch (failure.type) {
    case "serverInvalid":
      return failureText(language, {
        type: "loginRefused",
        refusal: { code: "addressInvalid", host: failure.server },
      });
    case "loginRefused": {
      const { what, next } = refusalText(language, failure.refusal);
      return `${what} ${next}`;
    }
    case "roomRefused": {
      const why = questionRefusalText(language, failure.refusal);
      return `${failure.room}: ${why}`;
    }
    case "roomClosed":
      return roomStrings(language).closed(failure.room, failure.reason);
    case "messageRefused":
      return messageRefusalText(language, failure.refusal);
    case "ended":
      return noticeText(language, failure);
  }
}
