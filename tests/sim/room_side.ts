import { assert } from "@std/assert";
import type { ClientEvent } from "../../lib/ui/bridge.ts";
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
  readonly #disk: SimDisk;
  readonly #say: (text: string) => void;
  readonly #texts = new Map<string, string>();
  /** What was written before the room was there; undefined since then. */
  #early: string[] | undefined = [];

  constructor(roomId: number, disk: SimDisk, say: (text: string) => void) {
    this.roomId = roomId;
    this.#disk = disk;
    this.#say = say;
  }

  /** Whether everything it wrote is stored, and it has what there is. */
  get isDone(): boolean {
    return this.acknowledged.length === this.written.length &&
      this.bySequence.size === this.#disk.eventsOf(this.roomId).length;
  }

  send(text: string): void {
    this.written.push(text);
    if (this.#early === undefined) this.#say(text);
    else this.#early.push(text);
  }

  handleEvent(event: ClientEvent): void {
    if (event.type === "roomOpened") {
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const text of early) this.#say(text);
    }
    if (event.type === "message") {
      this.#texts.set(event.id, event.text);
      if (event.delivery.state === "stored") {
        this.#place(event.delivery.sequence, event.text);
      }
    }
    if (event.type !== "delivery") return;
    assert(event.delivery.state === "stored", JSON.stringify(event));
    const text = this.#texts.get(event.id)!;
    this.acknowledged.push(text);
    this.#place(event.delivery.sequence, text);
  }

  /** Everything has one place for ever, is told once, and is durable before it is told. */
  #place(sequence: number, text: string): void {
    assert(!this.bySequence.has(sequence), `${sequence} came twice`);
    const act = this.#disk.eventsOf(this.roomId)[sequence - 1]?.act;
    assert(act?.type === "message" && act.text === text, "not durable");
    this.bySequence.set(sequence, text);
  }
}
