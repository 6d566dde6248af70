/**
 * What the test and the processes that hold its clients say to each other: a
 * JSON value per line, commands on standard input, reports on standard output.
 *
 * @module
 */

/** What the clients are told. */
export type ClientsCommand =
  /** Enters the room with one client for each name. */
  | {
    readonly type: "join";
    readonly host: string;
    readonly port: number;
    readonly names: readonly string[];
  }
  /** Sends a message. */
  | { readonly type: "send"; readonly name: string; readonly text: string };

/** What the clients tell. Times are milliseconds of the machine's one clock. */
export type ClientsReport =
  /** All are in the room. */
  | { readonly type: "joined" }
  | {
    readonly type: "sent" | "received";
    /** The client that sent or received. */
    readonly name: string;
    readonly text: string;
    readonly atMs: number;
  }
  /** A password is stretched: a login without a ticket. */
  | { readonly type: "stretching" }
  /** A login or a message was refused, or a connection ended for good. */
  | { readonly type: "failed"; readonly why: string };

/** How a process of clients talks to the test. */
export interface Remote {
  /** Tells the test something. */
  readonly report: (report: ClientsReport) => void;
  /** The test's commands. */
  readonly commands: AsyncIterable<ClientsCommand>;
}

/** Joins the standard streams of a process of clients. */
export function openRemote(): Remote {
  const encoder = new TextEncoder();
  return {
    report: (report) => {
      // At once and whole, whatever the process does next.
      Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(report)}\n`));
    },
    commands: readCommands(),
  };
}

/** Now, comparable between the processes of one machine. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The lines of a stream of bytes, without their ends. */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop()!;
    yield* lines;
  }
}

async function* readCommands(): AsyncGenerator<ClientsCommand> {
  for await (const line of readLines(Deno.stdin.readable)) {
    yield JSON.parse(line);
  }
}
