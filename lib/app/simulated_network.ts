import { Prng } from "../base/prng.ts";
import { ImpairedSocket, SYSTEM_TIMERS } from "../net/impaired_socket.ts";
import type { Impairment } from "../net/impairment.ts";
import type { DatagramSocket } from "../net/udp_socket.ts";
import type { Language } from "../ui/strings.ts";
import { randomBytes } from "./random_bytes.ts";

/**
 * Puts a socket on a bad network, where that is wanted.
 *
 * @param socket The socket.
 * @param impairment How bad; undefined for the network as it is.
 * @returns What to use instead of the socket.
 */
export function simulated(
  socket: DatagramSocket,
  impairment: Impairment | undefined,
): DatagramSocket {
  if (impairment === undefined) return socket;
  return new ImpairedSocket({
    socket,
    impairment,
    prng: new Prng(randomBytes(16).join()),
    timers: SYSTEM_TIMERS,
  });
}

/**
 * Says what is done to the network.
 *
 * @param language The language.
 * @param impairment How bad it is made.
 * @returns Words such as "10 % lost, 80 ms late".
 */
export function impairmentText(
  language: Language,
  impairment: Impairment,
): string {
  const { loss, delay, jitter, reorder, duplicate, corrupt, rate } = impairment;
  const isEnglish = language === "en";
  const parts: string[] = [];
  if (loss > 0) parts.push(`${loss} % ${isEnglish ? "lost" : "hilang"}`);
  if (delay + jitter > 0) {
    const ms = jitter > 0 ? `${delay}–${delay + jitter}` : `${delay}`;
    parts.push(`${ms} ms ${isEnglish ? "late" : "terlambat"}`);
  }
  if (reorder > 0) {
    parts.push(`${reorder} % ${isEnglish ? "overtaken" : "tersusul"}`);
  }
  if (duplicate > 0) {
    parts.push(`${duplicate} % ${isEnglish ? "twice" : "dobel"}`);
  }
  if (corrupt > 0) {
    parts.push(`${corrupt} % ${isEnglish ? "damaged" : "rusak"}`);
  }
  if (rate > 0) {
    parts.push(
      `${isEnglish ? "" : "paling cepat "}${rate} kbit/s${
        isEnglish ? " at most" : ""
      }`,
    );
  }
  if (parts.length === 0) parts.push(isEnglish ? "nothing yet" : "belum ada");
  return parts.join(", ");
}

/**
 * Says to who uses a client that its network is not as it seems.
 *
 * @param language The language.
 * @param impairment How bad it is made.
 * @returns One line.
 */
export function simulationWarning(
  language: Language,
  impairment: Impairment,
): string {
  const what = impairmentText(language, impairment);
  return language === "en"
    ? `The network is made bad on purpose (--simulate), in each direction: ${what}.`
    : `Jaringan sengaja dibuat buruk (--simulate), di tiap arah: ${what}.`;
}
