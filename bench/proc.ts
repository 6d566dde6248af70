/**
 * What Linux tells about processes and the machine, in /proc.
 *
 * @module
 */

/** The unit of CPU times in /proc: fixed at 1/100 s for all programs. */
const TICKS_PER_SECOND = 100;

/** Processor time. */
export interface CpuSeconds {
  /** In user mode. */
  readonly user: number;
  /** In the kernel, for this process. */
  readonly system: number;
}

/** The machine at one moment, as far as a measurement needs it. */
export interface Sample {
  /** When, in seconds. */
  readonly at: number;
  /** The server process. */
  readonly server: CpuSeconds;
  /** This process. */
  readonly load: CpuSeconds;
  /** All processes on all processors. */
  readonly busySeconds: number;
  /** Taken by the hypervisor. */
  readonly stolenSeconds: number;
  /** UDP datagrams sent by anybody. */
  readonly datagrams: number;
}

/** Reads everything that is compared at both ends of a window. */
export function takeSample(serverPid: number): Sample {
  const [user, nice, system, , , irq, softirq, stolen] = /^cpu +(.*)$/m.exec(
    read("stat"),
  )![1]!.split(" ").map(Number);
  return {
    at: performance.now() / 1000,
    server: readCpu(serverPid),
    load: readCpu(Deno.pid),
    busySeconds: (user! + nice! + system! + irq! + softirq!) /
      TICKS_PER_SECOND,
    stolenSeconds: stolen! / TICKS_PER_SECOND,
    datagrams: sentDatagrams(),
  };
}

/** Processor time a process has used in all its threads. */
export function readCpu(pid: number): CpuSeconds {
  const stat = read(`${pid}/stat`);
  // The name in parentheses may hold anything; utime and stime come 12 later.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    user: Number(fields[11]) / TICKS_PER_SECOND,
    system: Number(fields[12]) / TICKS_PER_SECOND,
  };
}

/** Resident memory of a process in KiB. */
export function readResidentKib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`${pid}/status`))![1]);
}

/** The most that this ever was. */
export function readPeakKib(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(read(`${pid}/status`))![1]);
}

/** Datagrams that the kernel dropped at sockets of these local ports. */
export function readDrops(ports: ReadonlySet<number>): number {
  let drops = 0;
  for (const table of ["net/udp", "net/udp6"]) {
    for (const line of read(table).split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const port = parseInt(fields[1]?.split(":")[1] ?? "", 16);
      if (ports.has(port)) drops += Number(fields.at(-1));
    }
  }
  return drops;
}

/** The processor's name, the kernel, and how many processors there are. */
export function describeMachine(): string {
  const model = /^model name\s*: (.*)$/m.exec(read("cpuinfo"))?.[1] ??
    Deno.build.arch;
  const memory = /^MemTotal:\s+(\d+)/m.exec(read("meminfo"))?.[1] ?? "0";
  const gibibytes = Math.round(Number(memory) / 1024 ** 2);
  return `${navigator.hardwareConcurrency} x ${model}, ${gibibytes} GiB, ` +
    `Linux ${Deno.osRelease()}, Deno ${Deno.version.deno}`;
}

function sentDatagrams(): number {
  let sent = 0;
  const [names, values] = read("net/snmp").split("\n")
    .filter((line) => line.startsWith("Udp:")).map((line) => line.split(" "));
  sent += Number(values![names!.indexOf("OutDatagrams")]);
  return sent +
    Number(/^Udp6OutDatagrams\s+(\d+)/m.exec(read("net/snmp6"))![1]);
}

function read(path: string): string {
  return Deno.readTextFileSync(`/proc/${path}`);
}
