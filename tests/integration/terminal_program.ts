/**
 * A chat client without a network, for tests of the terminal faces in a process
 * of their own: its room has one other person, who repeats what is said.
 *
 * Arguments: the password, if it is not to be asked for, and a file to make
 * when the room is left politely.
 */
import type {
  ClientCommand,
  ClientEvent,
  FaceSession,
} from "../../lib/ui/bridge.ts";
import { openPipe, openTerminal } from "../../lib/ui/deno_terminal.ts";
import { runPipeFace } from "../../lib/ui/pipe_face.ts";
import { runTerminalFace } from "../../lib/ui/terminal_face.ts";

class EchoSession implements FaceSession {
  #listener: (event: ClientEvent) => void = () => {};
  #count = 0;

  subscribe(listener: (event: ClientEvent) => void): void {
    this.#listener = listener;
  }

  handleCommand(command: ClientCommand): void {
    queueMicrotask(() => this.#answer(command).forEach(this.#listener));
  }

  #answer(command: ClientCommand): ClientEvent[] {
    switch (command.type) {
      case "faceReady":
        return [{ type: "loginForm", host: "", port: 8080, name: "" }];
      case "login":
        return this.#login(command);
      case "send":
        return this.#echo(command.text);
      case "quit":
        if (farewell !== undefined) Deno.writeTextFileSync(farewell, "");
        return [{ type: "ended", reason: { code: "quit" } }];
      case "cancelLogin":
      case "forgetServerKey":
      case "act":
      case "ask":
      case "read":
      case "claim":
        return [];
    }
  }

  #login(
    { name, password, host, port }: Extract<ClientCommand, { type: "login" }>,
  ): ClientEvent[] {
    if (password !== "secret") {
      return [{ type: "loginRefused", refusal: { code: "wrongPassword" } }];
    }
    return [{
      type: "welcome",
      roomId: 1,
      kind: "public",
      isLocked: false,
      slowSeconds: 0,
      readSequence: 0,
      room: "Echo",
      self: name,
      members: [name, "Echo"],
      openRoom: false,
      topic: "",
      epoch: "e1",
      fingerprint: "ABCD",
      host,
      port,
      messageLimitCharacters: 4000,
      lastSequence: 0,
    }];
  }

  #echo(text: string): ClientEvent[] {
    const sequence = ++this.#count;
    const timeMs = Date.now();
    const delivery = {
      state: "stored",
      sequence,
      timeMs,
      forwardedTo: 1,
    } as const;
    const message = {
      type: "message",
      style: "plain",
      replyTo: 0,
      text,
      timeMs,
      earlier: false,
      delivery,
    } as const;
    return [
      { roomId: 1, ...message, id: `a${sequence}`, author: "Ani", own: true },
      { roomId: 1, ...message, id: `b${sequence}`, author: "Echo", own: false },
    ];
  }
}

const session = new EchoSession();
const language = "en";
const [password, farewell] = Deno.args;

Deno.exit(
  Deno.stdin.isTerminal()
    ? await runTerminalFace({
      session,
      io: openTerminal(),
      language,
      colors: false,
      login: { password },
    })
    : await runPipeFace({
      session,
      io: openPipe(),
      language,
      login: { host: "h", port: 1, name: "Ani", password: password ?? "" },
    }),
);
