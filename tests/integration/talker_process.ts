import type { ClientEvent } from "../../lib/ui/bridge.ts";
import { ScriptProcess } from "./script_process.ts";
import { Watch } from "./watch.ts";

/** What tests/integration/talker_program.ts tells. */
export type TalkerLine =
  /** An own text is kept to be sent. */
  | { readonly type: "kept"; readonly text: string }
  /** An own text is stored. */
  | {
    readonly type: "acknowledged";
    readonly sequence: number;
    readonly text: string;
  }
  /** A message of anybody is shown at its place. */
  | { readonly type: "shown"; readonly sequence: number; readonly text: string }
  /** All is acknowledged. */
  | { readonly type: "finished" }
  /** Something that must not happen. */
  | { readonly type: "lost"; readonly event: ClientEvent };

/** What a talker needs to be started again. */
export interface TalkerOptions {
  readonly name: string;
  readonly port: number;
  /** Its data folder, which stays. */
  readonly folder: string;
}

/** A talker in a process of its own, over all its lives. */
export class TalkerProcess implements AsyncDisposable {
  readonly name: string;
  /** Own texts that were kept, of all lives, in the order of writing. */
  readonly kept = new Set<string>();
  /** Own texts that were acknowledged, with their places. */
  readonly acknowledged = new Map<string, number>();
  /** What each life was shown, by place. */
  readonly shown: Map<number, string>[] = [];
  /** What must not happen. */
  readonly losses: ClientEvent[] = [];
  readonly #options: TalkerOptions;
  readonly #watch: Watch;
  #process!: ScriptProcess;
  #reading: Promise<void> = Promise.resolve();
  #isFinished = false;

  constructor(options: TalkerOptions) {
    this.name = options.name;
    this.#watch = new Watch(options.name);
    this.#options = options;
    this.start();
  }

  /** How much is acknowledged. */
  get count(): number {
    return this.acknowledged.size;
  }

  /** Begins the next life. */
  start(): void {
    const { folder, port, name } = this.#options;
    const prefix = `${name} ${this.shown.length}`;
    this.#process = ScriptProcess.run(
      PROGRAM,
      [folder, String(port), name, prefix],
      folder,
    );
    this.shown.push(new Map());
    this.#reading = this.#read();
  }

  /** Ends this life. */
  async kill(): Promise<void> {
    await this.#process.stop("SIGKILL");
    await this.#reading;
  }

  /** Writes no more, and waits until all is acknowledged. */
  async finish(): Promise<void> {
    await this.#process.write("\n");
    await this.until(() => this.#isFinished);
  }

  /** Waits until what it told makes something true. */
  until(condition: () => boolean): Promise<void> {
    return this.#watch.until(condition);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #read(): Promise<void> {
    for (;;) {
      let line: string;
      try {
        line = await this.#process.line();
      } catch {
        // Killed.
        return;
      }
      this.#handle(JSON.parse(line));
      this.#watch.look();
    }
  }

  #handle(line: TalkerLine): void {
    switch (line.type) {
      case "kept":
        this.kept.add(line.text);
        return;
      case "acknowledged":
        this.acknowledged.set(line.text, line.sequence);
        this.shown.at(-1)!.set(line.sequence, line.text);
        return;
      case "shown":
        this.shown.at(-1)!.set(line.sequence, line.text);
        return;
      case "finished":
        this.#isFinished = true;
        return;
      case "lost":
        this.losses.push(line.event);
        return;
    }
  }
}

const PROGRAM = new URL("./talker_program.ts", import.meta.url);
