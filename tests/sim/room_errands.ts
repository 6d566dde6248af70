import { assert, assertEquals } from "@std/assert";
import type { Prng } from "../../lib/base/prng.ts";
import type { QuestionRefusal } from "../../lib/chat/open_requests.ts";
import type { Answer, Query } from "../../lib/chat/request.ts";
import { DEFAULT_ROOM_ID } from "../../lib/chat/room_kind.ts";
import type { ServerQuery } from "../../lib/chat/server_query.ts";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
import type { SimClient } from "./chat_world.ts";
import type { SimDisk } from "./sim_log.ts";

const NAMES = ["Sains", "Seni", "Olahraga", "Musik"];

/** Why an honest question may come to nothing. */
const REFUSALS: readonly QuestionRefusal["code"][] = [
  "offline",
  "busy",
  "tooFast",
  "noSuchRoom",
  "roomNameTaken",
  "createdTooManyRooms",
  "unknownName",
  "notPossible",
  "needsRole",
];

/** What is asked and not answered. */
interface Question {
  readonly questionId: number;
  readonly query: ServerQuery;
  readonly roomId: number;
  /** How many moves the disk had. */
  readonly moves: number;
}

/**
 * What a client wants of rooms: makes, joins, leaves and ends them, invites
 * others, talks with one of them. One thing at a time, and whatever it is told
 * is done must be on the server's disk by then.
 */
export class RoomErrands {
  /** How many were done. */
  done = 0;
  readonly #client: SimClient;
  readonly #disk: SimDisk;
  #open: Question | undefined;
  #nextId = 0;

  constructor(client: SimClient, disk: SimDisk) {
    this.#client = client;
    this.#disk = disk;
    client.onTold = (event) => this.#handle(event);
  }

  /** Whether every question is settled. */
  get isSettled(): boolean {
    return this.#open === undefined;
  }

  /**
   * Asks for something, unless an answer is still to come.
   *
   * @param prng Decides.
   * @param names Who there is.
   */
  ask(prng: Prng, names: readonly string[]): void {
    const { query, roomId } = this.#draw(prng, names);
    if (this.#open !== undefined || !this.#client.isInRoom) return;
    const questionId = this.#nextId++;
    const moves = this.#disk.moves.length;
    this.#open = { questionId, query, roomId, moves };
    this.#client.ask(questionId, query, roomId);
  }

  #draw(
    prng: Prng,
    names: readonly string[],
  ): { query: ServerQuery; roomId: number } {
    const name = NAMES[prng.below(NAMES.length)]!;
    const other = names[prng.below(names.length)]!;
    const rooms = Array.from(this.#client.rooms.keys()).slice(1);
    const room = rooms[prng.below(Math.max(1, rooms.length))];
    const roomId = room ?? DEFAULT_ROOM_ID;
    const kind = prng.ratio(1, 2) ? "public" : "private";
    const what = prng.below(16);
    if (room !== undefined && what < 7) {
      if (what < 4) return { query: { type: "invite", name: other }, roomId };
      if (what < 6) return { query: { type: "leaveRoom", roomId }, roomId };
      return { query: { type: "archive" }, roomId };
    }
    const query: ServerQuery = what < 10
      ? { type: "createRoom", kind, name }
      : what < 12
      ? { type: "direct", name: other }
      : what < 15
      ? { type: "joinRoom", name }
      : { type: "rooms" };
    return { query, roomId: DEFAULT_ROOM_ID };
  }

  #handle(event: ClientEvent): void {
    if (event.type !== "answer" && event.type !== "unanswered") return;
    const open = this.#open;
    assertEquals(event.questionId, open?.questionId, "settled once");
    this.#open = undefined;
    if (event.type === "unanswered") {
      const { code } = event.refusal;
      return assert(REFUSALS.includes(code), `${code} to ${open!.query.type}`);
    }
    this.done++;
    this.#check(open!, event.answer);
  }

  /** What is answered is durable. */
  #check({ query, roomId, moves }: Question, answer: Answer): void {
    const disk = this.#disk;
    const { person, name, sides } = this.#client;
    assertEquals(answer.type, query.type satisfies Query["type"]);
    switch (answer.type) {
      case "createRoom":
      case "joinRoom":
      case "direct": {
        const what = `${name} is in room ${answer.roomId}`;
        if (answer.roomId === DEFAULT_ROOM_ID) return;
        assert(disk.isIn(answer.roomId, person), `${what} on the disk`);
        const isTold = sides.some((side) => side.roomId === answer.roomId);
        assert(isTold, `${what} and knows it`);
        return;
      }
      case "leaveRoom": {
        const isGone = disk.moves.slice(moves).some((move) =>
          !move.isIn && move.roomId === roomId && move.person === person
        );
        return assert(isGone, `${name} has left room ${roomId}`);
      }
      case "invite": {
        assert(query.type === "invite");
        const isIn = disk.wasIn(roomId, (member) => member.name === query.name);
        return assert(isIn, `${query.name} was let into room ${roomId}`);
      }
      case "archive": {
        const { rooms } = disk.rooms.known;
        const isThere = rooms.some((room) => room.roomId === roomId);
        return assert(!isThere, `room ${roomId} is over`);
      }
      case "rooms":
        for (const { roomId } of answer.rooms) {
          const kind = disk.made.get(roomId)?.kind ?? "public";
          assertEquals(kind, "public", "others are nobody's business");
        }
        return;
    }
  }
}
