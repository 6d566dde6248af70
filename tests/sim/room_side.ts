import { assert, assertEquals } from "@std/assert";
import type { Prng } from "../../lib/base/prng.ts";
import { ChatClient } from "../../lib/chat/chat_client.ts";
import { encodeClientMessage } from "../../lib/chat/chat_message.ts";
import { frameMessage } from "../../lib/chat/message_deframer.ts";
import { plainMessage } from "../../lib/chat/room_event.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { ConnectionEvent } from "../../lib/transport/connection_event.ts";
import type { SimDisk } from "./sim_log.ts";

/** A client's side of one room beside the default one, over all its connections. */
export class RoomSide {
  /** Which room. */
  readonly roomId: number;
  /** Texts it was told to send, in order. */
  readonly written: string[] = [];
  /** What it knows of the order, by place. */
  readonly bySequence = new Map<number, string>();
  /** Its own texts that it was told are stored. */
  readonly acknowledged: string[] = [];
  readonly #prng: Prng;
  readonly #disk: SimDisk;
  readonly #chat = new ChatClient();
  readonly #texts = new Map<string, string>();
  #stream: { readonly connection: Connection; readonly id: number } | undefined;

  constructor(prng: Prng, roomId: number, disk: SimDisk) {
    this.#prng = prng;
    this.roomId = roomId;
    this.#disk = disk;
  }

  /** Whether everything it wrote is stored, and it has what there is. */
  get isDone(): boolean {
    return this.#chat.isDrained &&
      this.bySequence.size === this.#disk.eventsOf(this.roomId).length;
  }

  /** Opens a stream, if there is none and there may be one. */
  tick(connection: Connection | undefined, nowUs: number): void {
    if (this.#stream === undefined && connection !== undefined) {
      const id = connection.streams.open(1);
      if (id !== undefined) {
        this.#stream = { connection, id };
        const enter = encodeClientMessage({
          type: "enter",
          roomId: this.roomId,
        });
        connection.streams.write(id, frameMessage(enter));
        this.#chat.handleConnected();
      }
    }
    this.#pump(nowUs);
  }

  handleEvent(
    connection: Connection,
    event: ConnectionEvent,
    nowUs: number,
  ): void {
    const stream = this.#stream;
    if (stream === undefined || stream.connection !== connection) return;
    if (event.type === "closed") return this.#end();
    if (event.type !== "streamReadable" || event.streamId !== stream.id) return;
    const { streams } = connection;
    for (;;) {
      const bytes = streams.read(stream.id);
      if (bytes === undefined) break;
      this.#chat.handleData(bytes, nowUs);
    }
    this.#pump(nowUs);
    if (!streams.isFinished(stream.id)) return;
    // It does not belong to the room, as far as the server knows.
    streams.finish(stream.id);
    this.#end();
  }

  send(text: string, timeMs: number): void {
    this.written.push(text);
    const id = this.#prng.bytes(16);
    this.#chat.send({ id, act: plainMessage(text), timeMs });
  }

  #end(): void {
    this.#stream = undefined;
    this.#chat.handleDisconnected();
  }

  #pump(nowUs: number): void {
    const stream = this.#stream;
    for (;;) {
      const bytes = stream && this.#chat.pollTransmit(nowUs);
      if (bytes === undefined) break;
      stream!.connection.streams.write(stream!.id, bytes);
    }
    for (
      let event = this.#chat.pollEvent();
      event !== undefined;
      event = this.#chat.pollEvent()
    ) {
      assert(event.type !== "violation", JSON.stringify(event));
      if (event.type === "welcome") assertEquals(event.roomId, this.roomId);
      if (event.type === "message") {
        this.#texts.set(event.id, event.text);
        if (event.delivery.state === "stored") {
          this.#place(event.delivery.sequence, event.text);
        }
      }
      if (event.type === "delivery" && event.delivery.state === "stored") {
        const text = this.#texts.get(event.id)!;
        this.acknowledged.push(text);
        this.#place(event.delivery.sequence, text);
      }
    }
  }

  /** Everything has one place for ever, is told once, and is durable before it is told. */
  #place(sequence: number, text: string): void {
    assert(!this.bySequence.has(sequence), `${sequence} came twice`);
    const act = this.#disk.eventsOf(this.roomId)[sequence - 1]?.act;
    assert(act?.type === "message" && act.text === text, "not durable");
    this.bySequence.set(sequence, text);
  }
}
