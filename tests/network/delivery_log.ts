import type { ClientsReport } from "./remote_clients.ts";

/** A message that a client received. */
interface Delivery {
  readonly receiver: string;
  readonly author: string;
  readonly text: string;
  readonly receivedMs: number;
}

/** What became of all messages. */
export interface DeliveryFigures {
  /** One for each message and each member but its author. */
  readonly expected: number;
  readonly lost: number;
  readonly repeated: number;
  readonly outOfOrder: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Texts have this length, about that of a sentence. */
const TEXT_LENGTH = 100;

/** Knows who sent what when, and who received it when. */
export class DeliveryLog {
  /** Everybody who is to receive the messages. */
  readonly members: string[] = [];
  /** Reasons that clients gave for giving something up. */
  readonly failures: string[] = [];
  /** Password stretchings. */
  stretchings = 0;
  /** When each text was sent. */
  readonly #sentMs = new Map<string, number>();
  readonly #deliveries: Delivery[] = [];
  /** Those asked for; `#sentMs` has those that the clients took. */
  #texts = 0;

  /** Takes what a process of clients tells. */
  add(report: ClientsReport): void {
    switch (report.type) {
      case "joined":
        return;
      case "sent":
        this.#sentMs.set(report.text, report.atMs);
        return;
      case "received":
        this.#addDelivery(report);
        return;
      case "stretching":
        this.stretchings++;
        return;
      case "failed":
        this.failures.push(report.why);
        return;
    }
  }

  /** The text of the next message: names its author and its place among all. */
  nextText(author: string): string {
    return `${author} ${this.#texts++} `.padEnd(TEXT_LENGTH, ".");
  }

  /** Whether everybody has everything. */
  get isComplete(): boolean {
    return this.#sentMs.size === this.#texts &&
      this.#deliveries.length >= this.#expected;
  }

  /** When the first message that was sent after a moment went from one to another; undefined if none did. */
  firstDeliveryMs(
    author: string,
    receiver: string,
    afterMs: number,
  ): number | undefined {
    return this.#between(author, receiver).find(({ text }) =>
      this.#sentMs.get(text)! >= afterMs
    )?.receivedMs;
  }

  #between(author: string, receiver: string): readonly Delivery[] {
    return this.#deliveries.filter((delivery) =>
      delivery.author === author && delivery.receiver === receiver
    );
  }

  /** When the last delivery was. */
  get lastMs(): number {
    return Math.max(...this.#deliveries.map(({ receivedMs }) => receivedMs));
  }

  /** What became of the messages so far. */
  figures(): DeliveryFigures {
    const latenciesMs = this.#deliveries.map((delivery) =>
      this.#latencyMs(delivery)
    ).sort((a, b) => a - b);
    const at = (share: number) =>
      latenciesMs[Math.ceil(share * latenciesMs.length) - 1] ?? NaN;
    const once = new Set(
      this.#deliveries.map(({ receiver, text }) => `${receiver} ${text}`),
    );
    return {
      expected: this.#expected,
      lost: this.#expected - once.size,
      repeated: this.#deliveries.length - once.size,
      outOfOrder: this.#outOfOrder(),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
    };
  }

  get #expected(): number {
    return this.#texts * (this.members.length - 1);
  }

  #addDelivery(
    { name, text, atMs }: { name: string; text: string; atMs: number },
  ): void {
    const author = text.slice(0, text.indexOf(" "));
    this.#deliveries.push({
      receiver: name,
      author,
      text,
      receivedMs: atMs,
    });
  }

  #latencyMs({ text, receivedMs }: Delivery): number {
    return receivedMs - this.#sentMs.get(text)!;
  }

  #outOfOrder(): number {
    const pairs = this.members.flatMap((author) =>
      this.members.map((receiver) => this.#between(author, receiver))
    );
    return pairs.map((deliveries) =>
      deliveries.filter(({ text }, i) =>
        i > 0 && indexOf(text) < indexOf(deliveries[i - 1]!.text)
      ).length
    ).reduce((sum, count) => sum + count, 0);
  }
}

/** A message's place among all. */
function indexOf(text: string): number {
  return Number(text.split(" ", 2)[1]);
}
