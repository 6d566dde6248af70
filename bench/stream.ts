import type { Cores } from "./cores.ts";
import { PinnedProcess } from "./pinned_process.ts";
import type { SinkFigures } from "./stream_sink.ts";
import type { SourceFigures, SourceOrder } from "./stream_source.ts";
import type { StreamResult } from "./workload.ts";

/** Measures one stream between two processes, and chat beside it. */
export async function measureStream(
  cores: Cores,
  seconds: number,
): Promise<StreamResult> {
  await using sink = new PinnedProcess({
    command: Deno.execPath(),
    args: ["run", "--allow-all", moduleOf("stream_sink.ts")],
    core: cores.server,
  });
  const { port } = JSON.parse(await sink.readLine());
  const order: SourceOrder = { port, seconds };
  await using source = new PinnedProcess({
    command: Deno.execPath(),
    args: [
      "run",
      "--allow-all",
      moduleOf("stream_source.ts"),
      JSON.stringify(order),
    ],
    core: cores.load,
  });
  const sent: SourceFigures = JSON.parse(await source.readLine());
  const received: SinkFigures = JSON.parse(await sink.readLine());
  return {
    type: "stream",
    bytes: received.bytes,
    seconds: sent.seconds,
    senderCpuSeconds: sent.cpuSeconds,
    receiverCpuSeconds: received.cpuSeconds,
    aloneUs: received.aloneUs,
    besideUs: received.besideUs,
    wrong: received.wrong + Math.abs(sent.bytes - received.bytes) +
      Math.abs(sent.notes - received.notes),
  };
}

function moduleOf(name: string): string {
  return new URL(name, import.meta.url).href;
}
