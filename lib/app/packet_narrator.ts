import type { Address } from "../transport/address.ts";
import type { TraceEvent } from "../transport/trace_event.ts";
import { plainAddress } from "../net/bind.ts";
import type { PacketHappening, PacketNotice } from "../ui/packet_view.ts";

/** What is known of a connection. */
interface Peer {
  name: string;
  rttUs: number;
  windowBytes: number;
}

/** Tells of a trace what a person can follow. */
export class PacketNarrator {
  readonly #show: (notice: PacketNotice) => void;
  readonly #peers = new Map<string, Peer>();

  /**
   * Creates the packet narrator.
   *
   * @param show Takes what it tells.
   */
  constructor(show: (notice: PacketNotice) => void) {
    this.#show = show;
  }

  /** Takes an event of any connection. */
  handleTrace(event: TraceEvent): void {
    const { timeUs, connectionId } = event;
    if (event.type === "connectionStarted") {
      const name = addressText(event.remote);
      this.#peers.set(connectionId, { name, rttUs: 0, windowBytes: 0 });
      return;
    }
    const peer = this.#peers.get(connectionId);
    if (peer === undefined) return;
    const what = happening(event, peer);
    if (what !== undefined) this.#show({ timeUs, peer: peer.name, ...what });
    if (event.type === "metricsUpdated") {
      peer.rttUs = event.smoothedRttUs;
      peer.windowBytes = event.windowBytes;
    } else if (event.type === "pathChanged") {
      peer.name = addressText(event.remote);
    } else if (event.type === "connectionClosed") {
      this.#peers.delete(connectionId);
    }
  }
}

/** What a person is told; undefined where that would be too much. */
function happening(
  event: TraceEvent,
  { rttUs, windowBytes }: Peer,
): PacketHappening | undefined {
  switch (event.type) {
    case "packetSent":
      return {
        type: "sent",
        packetNumber: event.packetNumber,
        bytes: event.bytes,
        repeatedBytes: event.retransmittedBytes,
        confirmsOnly: event.frames.every(({ type }) => type === "ack"),
      };
    case "packetsAcked": {
      const numbers = event.packetNumbers;
      return {
        type: "confirmed",
        first: numbers[0]!,
        last: numbers.at(-1)!,
        count: numbers.length,
        rttUs,
        windowBytes,
      };
    }
    case "packetLost":
      return {
        type: "lost",
        packetNumber: event.packetNumber,
        isRepeated: event.isRepeated,
      };
    case "spuriousLoss":
      return { type: "late", packetNumber: event.packetNumber };
    case "packetDropped":
      return { type: "dropped", isDuplicate: event.trigger === "duplicate" };
    case "probeTimeout":
      return { type: "unanswered", count: event.count };
    case "pathChanged":
      return { type: "moved", to: addressText(event.remote) };
    case "connectionStarted":
    case "connectionEstablished":
    case "connectionClosed":
    case "metricsUpdated":
    case "packetReceived":
    case "keysUpdated":
      return undefined;
  }
}

function addressText(address: Address): string {
  const { hostname, port } = plainAddress(address);
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}
