import type { OutputQueue } from "./output_queue.ts";
import type { Device } from "./people.ts";
import type { RequestRefusal } from "./request_refusal.ts";
import type { AskedQuery } from "./room_input.ts";
import { DEFAULT_ROOM_ID } from "./room_kind.ts";
import type { RoomRegistry } from "./room_registry.ts";
import type { ServerAnswer, ServerQuery } from "./server_query.ts";

/** A question, and from where. */
export interface AskedFrom extends Omit<AskedQuery, "query"> {
  /** What is asked. */
  readonly query: ServerQuery;
  /** Whose it is. */
  readonly device: Device;
  /** In which room's stream. */
  readonly roomId: number;
}

/** Answers what members ask about rooms (docs/PROTOCOL.md section 7.10). */
export class ServerQueries {
  readonly #registry: RoomRegistry;
  readonly #outputs: OutputQueue;
  readonly #presentIn: (roomId: number) => number;

  /**
   * Answers for a server.
   *
   * @param registry Its rooms.
   * @param outputs Takes the answers.
   * @param presentIn Counts who is in a room now.
   */
  constructor(
    registry: RoomRegistry,
    outputs: OutputQueue,
    presentIn: (roomId: number) => number,
  ) {
    this.#registry = registry;
    this.#outputs = outputs;
    this.#presentIn = presentIn;
  }

  /**
   * Takes a question. It is answered or refused now, or when what it asks for is
   * durable.
   *
   * @param asked The question.
   * @returns False if it breaks the protocol: it is for another stream.
   */
  handle(asked: AskedFrom): boolean {
    const { query, roomId } = asked;
    const isAboutRoom = query.type === "invite" || query.type === "archive";
    if (!isAboutRoom && roomId !== DEFAULT_ROOM_ID) return false;
    // Who asks on arrival is not sent away while the disk is still looking.
    const refusal = this.#registry.whenKnown(
      asked.device.person.key,
      () => this.#refuse(asked, this.#carryOut(query, asked)),
    );
    this.#refuse(asked, refusal);
    return true;
  }

  #refuse(
    { member, requestId }: AskedFrom,
    refusal: RequestRefusal | undefined,
  ): void {
    if (refusal === undefined) return;
    this.#outputs.send([member], { type: "failed", requestId, refusal });
  }

  #carryOut(
    query: ServerQuery,
    asked: AskedFrom,
  ): RequestRefusal | undefined {
    const { device: { person }, timeMs, roomId } = asked;
    const registry = this.#registry;
    const asker = { person, timeMs };
    switch (query.type) {
      case "rooms":
        this.#answer(asked, this.#listFor(asked));
        return undefined;
      case "createRoom":
      case "joinRoom":
      case "direct": {
        const { type } = query;
        const whenDone = (roomId: number) =>
          this.#answer(asked, { type, roomId });
        if (type === "createRoom") {
          return registry.create(asker, query, whenDone);
        }
        return type === "joinRoom"
          ? registry.join(asker, query.name, whenDone)
          : registry.talk(asker, query.name, whenDone);
      }
      case "leaveRoom": {
        const leaving = { key: person.key, reason: "left" } as const;
        return registry.leave(
          { ...leaving, roomId: query.roomId },
          () => this.#answer(asked, { type: "leaveRoom" }),
        );
      }
      case "invite": {
        const { name } = query;
        return registry.invite(
          asker,
          { roomId, name },
          () => this.#answer(asked, { type: "invite" }),
        );
      }
      case "archive":
        return registry.archive(
          asker,
          roomId,
          () => this.#answer(asked, { type: "archive" }),
        );
    }
  }

  #listFor({ device: { person } }: AskedFrom): ServerAnswer {
    const own = this.#registry.roomsOf(person.key);
    const rooms = this.#registry.directory.publicRooms()
      .filter(({ roomId }) => roomId !== DEFAULT_ROOM_ID)
      .map(({ roomId, name }) => ({
        roomId,
        name,
        present: this.#presentIn(roomId),
        isIn: own?.has(roomId) ?? false,
      }));
    return { type: "rooms", rooms };
  }

  /** Who has gone meanwhile is not sent it: its handle is nobody's. */
  #answer({ member, requestId }: AskedFrom, answer: ServerAnswer): void {
    this.#outputs.send([member], { type: "answer", requestId, answer });
  }
}
