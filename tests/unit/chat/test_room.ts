import { assert } from "@std/assert";
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  type ServerMessage,
} from "../../../lib/chat/chat_message.ts";
import { ChatServer, type JoinAnswer } from "../../../lib/chat/chat_server.ts";
import type {
  ChatServerNotice,
  ChatServerOutput,
} from "../../../lib/chat/chat_server_output.ts";
import type { ChatClose } from "../../../lib/chat/close_code.ts";
import {
  type ChatLimits,
  DEFAULT_CHAT_LIMITS,
  MAX_SERVER_MESSAGE_BYTES,
} from "../../../lib/chat/limits.ts";
import {
  frameMessage,
  MessageDeframer,
} from "../../../lib/chat/message_deframer.ts";
import { checkName } from "../../../lib/chat/name.ts";

/** The room's epoch. */
export const EPOCH: Uint8Array = new Uint8Array(8).fill(0xee);

/** The wall clock of every call. */
export const TIME = 1_763_800_000_000;

/** A server whose members are moved by hand and whose outputs are sorted. */
export class TestRoom {
  /** The server. */
  readonly server: ChatServer;
  /** All outputs so far. */
  readonly outputs: ChatServerOutput[] = [];
  /** Notices so far. */
  readonly notices: ChatServerNotice[] = [];
  /** Closed members and why. */
  readonly closed = new Map<number, ChatClose>();
  /** The monotonic time of the next calls. */
  nowUs = 0;
  readonly #received = new Map<number, ServerMessage[]>();
  readonly #deframers = new Map<number, MessageDeframer>();

  /** Creates an empty room. */
  constructor(limits: Partial<ChatLimits> = {}) {
    this.server = new ChatServer({
      room: "Lab",
      epochId: EPOCH,
      openRoom: true,
      limits: { ...DEFAULT_CHAT_LIMITS, ...limits },
    });
  }

  /** Joins without `sync`. The instance is `instance` 16 times. */
  join(member: number, name: string, instance = member): JoinAnswer {
    const check = checkName(name);
    assert(check.type === "valid");
    const answer = this.server.join({
      member,
      name: check.name,
      clientInstance: new Uint8Array(16).fill(instance),
      nowUs: this.nowUs,
      timeMs: TIME,
    });
    this.drain();
    return answer;
  }

  /** Joins and syncs as a client that was never here. */
  enter(member: number, name: string, instance = member): void {
    this.join(member, name, instance);
    this.send(member, {
      type: "sync",
      epochId: new Uint8Array(8),
      lastSequence: 0,
    });
  }

  /** Gives the server a message of a member. */
  send(member: number, message: ClientMessage): void {
    this.sendBytes(member, frameMessage(encodeClientMessage(message)));
  }

  /** Says something. */
  say(member: number, text: string, id: number): void {
    this.send(member, { type: "send", id: idOf(id), text });
  }

  /** Gives the server bytes of a member. */
  sendBytes(member: number, bytes: Uint8Array): void {
    const { nowUs } = this;
    this.server.handleData({ member, bytes, nowUs, timeMs: TIME });
    this.drain();
  }

  /** A member's connection is lost. */
  lose(member: number): void {
    this.server.leave(member, "lost", TIME);
    this.drain();
  }

  /** Takes what a member was sent since the last call. */
  take(member: number): ServerMessage[] {
    const received = this.#received.get(member) ?? [];
    this.#received.delete(member);
    return received;
  }

  /** Sorts the server's outputs. */
  drain(): void {
    for (;;) {
      const output = this.server.pollOutput();
      if (output === undefined) return;
      this.outputs.push(output);
      switch (output.type) {
        case "send":
          for (const member of output.to) this.#receive(member, output.bytes);
          break;
        case "close":
          this.closed.set(output.member, output.close);
          break;
        case "notice":
          this.notices.push(output.notice);
          break;
      }
    }
  }

  #receive(member: number, bytes: Uint8Array): void {
    let deframer = this.#deframers.get(member);
    if (deframer === undefined) {
      deframer = new MessageDeframer(MAX_SERVER_MESSAGE_BYTES);
      this.#deframers.set(member, deframer);
    }
    const received = this.#received.get(member) ?? [];
    for (const body of deframer.push(bytes)) {
      received.push(decodeServerMessage(body));
    }
    this.#received.set(member, received);
  }
}

/** A message ID for a small number. */
export function idOf(value: number): Uint8Array {
  const id = new Uint8Array(16);
  id[14] = value >>> 8;
  id[15] = value;
  return id;
}
