/**
 * What a person does about rooms in the page, as commands of the session.
 *
 * @module
 */

import type { Query } from "../../chat/request.ts";
import type { ClientCommand } from "../bridge.ts";
import type { RoomCommand } from "../room_command.ts";
import type { ListedRoom } from "./page_rooms.ts";
import type { PageEvent } from "./page_state.ts";

/** Beyond the numbers of a room's own questions. */
const FIRST_QUESTION_ID = 1_000_000_000;

/** Asks for rooms, and says there what was to be said. */
export class PageErrands {
  #nextQuestionId = FIRST_QUESTION_ID;
  readonly #rooms = new Set<number>();
  /** Questions whose answer is a room. */
  readonly #asked = new Set<number>();
  /** What to say, by question. */
  readonly #texts = new Map<number, string>();
  /** The same, by room, until it is there. */
  readonly #awaited = new Map<number, string>();

  /** Whether a room was asked for, and the answer is to come. */
  get isAsking(): boolean {
    return this.#asked.size > 0;
  }

  /**
   * Makes a question of what is to be done.
   *
   * @param command What.
   * @param rooms Which rooms there are.
   * @param shownId Which one is shown.
   * @returns The command for the session, or what the page does by itself.
   */
  run(
    command: RoomCommand,
    rooms: readonly ListedRoom[],
    shownId: number,
  ): ClientCommand | Extract<PageEvent, { readonly type: "roomWanted" }> {
    const named = (name: string) =>
      rooms.find((room) => room.name.toLowerCase() === name.toLowerCase())
        ?.roomId;
    switch (command.type) {
      case "join": {
        const roomId = named(command.name);
        return roomId === undefined
          ? this.#ask(shownId, { type: "joinRoom", name: command.name })
          : { type: "roomWanted", roomId };
      }
      case "create": {
        const { kind, name } = command;
        return this.#ask(shownId, { type: "createRoom", kind, name });
      }
      case "leave": {
        const roomId = command.name === "" ? shownId : named(command.name) ?? 0;
        return this.#ask(shownId, { type: "leaveRoom", roomId });
      }
      case "msg":
        return this.#ask(
          shownId,
          { type: "direct", name: command.name },
          command.text,
        );
      case "invite":
        return this.#ask(shownId, { type: "invite", name: command.name });
      case "rooms":
      case "archive":
        return this.#ask(shownId, { type: command.type });
    }
  }

  /**
   * Takes what the session tells.
   *
   * @param event What happened.
   * @returns What is to be said now, if something is.
   */
  handleEvent(event: PageEvent): ClientCommand | undefined {
    switch (event.type) {
      case "roomOpened":
        this.#rooms.add(event.roomId);
        return this.#say(event.roomId);
      case "roomClosed":
        this.#rooms.delete(event.roomId);
        return undefined;
      case "linkOpened":
        this.#asked.clear();
        return undefined;
      case "answer": {
        this.#asked.delete(event.questionId);
        const text = this.#texts.get(event.questionId);
        this.#texts.delete(event.questionId);
        if (text === undefined || !("roomId" in event.answer)) return undefined;
        const { roomId } = event.answer;
        this.#awaited.set(roomId, text);
        return this.#rooms.has(roomId) ? this.#say(roomId) : undefined;
      }
      case "unanswered":
        this.#asked.delete(event.questionId);
        this.#texts.delete(event.questionId);
        return undefined;
    }
    return undefined;
  }

  #say(roomId: number): ClientCommand | undefined {
    const text = this.#awaited.get(roomId);
    this.#awaited.delete(roomId);
    return text === undefined ? undefined : { type: "send", roomId, text };
  }

  #ask(roomId: number, query: Query, text = ""): ClientCommand {
    const questionId = this.#nextQuestionId++;
    if (isForRoom(query)) this.#asked.add(questionId);
    if (text !== "") this.#texts.set(questionId, text);
    return { type: "ask", roomId, questionId, query };
  }
}

function isForRoom({ type }: Query): boolean {
  return type === "createRoom" || type === "joinRoom" || type === "direct";
}
