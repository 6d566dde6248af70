import { runInLoginWorker } from "../crypto/login_task.ts";
import { isStretchingAllowed, type Opaque } from "../crypto/opaque.ts";
import type { QuestionPlace, RoomQuestion } from "../chat/chat_client.ts";
import type { PeopleAnswer } from "../chat/people_request.ts";
import type { ClientEvent } from "../ui/bridge.ts";
import { normalizePassword } from "./normalize_password.ts";

/** What {@linkcode ClientClaim} is made with. */
export interface ClientClaimOptions {
  /** OPAQUE. */
  readonly opaque: Pick<Opaque, "startClientRegistration">;
  /** Gives the module of the Worker that stretches the password. */
  readonly loginWorker: () => URL;
  /** Gives the server's public key in hexadecimal; undefined while it is away. */
  readonly serverIdentity: () => string | undefined;
  /** Asks the server. */
  readonly ask: (question: RoomQuestion) => void;
  /** Told that the name has this password now. */
  readonly onClaimed: (password: string) => void;
  /** Tells the face that the question has no answer. */
  readonly onFailed: (place: QuestionPlace) => void;
}

/** The client's side of giving the own name a password, which no server sees. */
export class ClientClaim {
  readonly #options: ClientClaimOptions;
  /** The last one that was begun. */
  #open: OpenClaim | undefined;

  /**
   * Starts with none.
   *
   * @param options What it takes.
   */
  constructor(options: ClientClaimOptions) {
    this.#options = options;
  }

  /**
   * Begins a claim; what was begun before is forgotten.
   *
   * @param place Where the face is answered.
   * @param typed The password as typed.
   */
  start({ roomId, questionId }: QuestionPlace, typed: string): void {
    const password = normalizePassword(typed);
    const { opaque, ask } = this.#options;
    const { request, state } = opaque.startClientRegistration(password);
    const place = { roomId, questionId };
    this.#open = { place, password, state };
    ask({ ...place, query: { type: "claimStart", request } });
  }

  /**
   * Takes an event of the session.
   *
   * @param event The event.
   * @returns Whether it is the claim's own matter, and nothing for a face.
   */
  handleEvent(event: ClientEvent): boolean {
    const open = this.#open;
    if (open === undefined) return false;
    if (event.type !== "answer" && event.type !== "unanswered") return false;
    if (event.questionId !== open.place.questionId) return false;
    if (event.type === "unanswered") {
      this.#open = undefined;
      return false;
    }
    const { answer } = event;
    if (answer.type === "claimStart") {
      void this.#finish(open, answer);
      return true;
    }
    // A page may have asked something else with the same number.
    if (answer.type === "claimed") {
      this.#open = undefined;
      this.#options.onClaimed(open.password);
    }
    return false;
  }

  async #finish(
    open: OpenClaim,
    { response, stretching }: Extract<
      PeopleAnswer,
      { readonly type: "claimStart" }
    >,
  ): Promise<void> {
    const { loginWorker, ask, onFailed } = this.#options;
    const { place, password, state } = open;
    const serverIdentity = this.#options.serverIdentity();
    // A hostile server must not take the client's memory or time.
    const isPossible = serverIdentity !== undefined &&
      isStretchingAllowed(stretching);
    const record = !isPossible
      ? undefined
      : await runInLoginWorker(loginWorker(), {
        type: "finishClientRegistration",
        options: { state, password, response, stretching, serverIdentity },
      }).catch((error) => {
        console.error(error);
        return undefined;
      });
    if (this.#open !== open) return;
    if (record === undefined) {
      this.#open = undefined;
      onFailed(place);
    } else ask({ ...place, query: { type: "claimFinish", record } });
  }
}

/** What was begun. */
interface OpenClaim {
  readonly place: QuestionPlace;
  readonly password: string;
  /** OPAQUE's; secret. */
  readonly state: string;
}
