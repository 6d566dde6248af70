import type { ClientCommand } from "../../../lib/ui/bridge.ts";
import { FakeSession, ownMessage } from "../ui/fake_session.ts";

/** A session that leaves as soon as it is asked, and notes whether it is read. */
export class ScriptSession extends FakeSession {
  /** What was said about reading, oldest first. */
  readonly reading: boolean[] = [];
  readonly #finished = Promise.withResolvers<void>();

  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  setReading(isReading: boolean): void {
    this.reading.push(isReading);
  }

  override handleCommand(command: ClientCommand): void {
    super.handleCommand(command);
    if (command.type === "send") {
      this.emit(ownMessage(command.text, command.text, command.roomId));
    }
    if (command.type !== "quit") return;
    this.emit({ type: "ended", reason: { code: "quit" } });
    this.#finished.resolve();
  }
}
