/**
 * The chat page in a browser: a server on the loopback interface that shows it
 * to one person only.
 *
 * Loopback is shared by everybody who is logged in on the computer, and by
 * every web page open in the browser. So:
 *
 * - A link carries a token of 256 bits that works once. It buys a cookie, which
 *   all else needs. What a browser's history or a process list keeps of the
 *   link is of no use afterwards.
 * - Where the system tells, the token works for the user's own processes only:
 *   see loopback_user.ts.
 * - Browsers send a cookie to every port of a host (RFC 6265 section 8.5), so
 *   somebody else's server on 127.0.0.1 could collect ours. Its path is random
 *   too: it is sent to addresses below that path and nowhere else.
 * - Only requests for the exact Host are answered, because a web page can point
 *   a name of its own at 127.0.0.1; the socket asks for the page's Origin.
 *
 * @module
 */

import { encodeHex, equalBytes } from "../base/bytes.ts";
import type { ClientEvent, FaceSession } from "./bridge.ts";
import { decodeClientCommand } from "./client_command.ts";
import { isOtherUser } from "./loopback_user.ts";
import type { PageEvent } from "./page/page_state.ts";

/** What a browser face needs. */
export interface BrowserFaceOptions {
  /** The session to show. */
  readonly session: FaceSession;
  /** The page, as `scripts/build_page.ts` builds it. */
  readonly html: string;
  /**
   * Takes a link to the page: the first at once, a new one whenever a used link
   * is opened again. A link lets in: it is for the user's eyes only.
   */
  readonly onLink: (url: string) => void;
  /** Ends the face. */
  readonly signal: AbortSignal;
  /** Tells whether somebody else owns a connection; replaced in tests. */
  readonly isOtherUser?: typeof isOtherUser;
}

/** A running browser face. */
export interface BrowserFace {
  /** Where it listens, for example `http://127.0.0.1:40000`. */
  readonly origin: string;
  /** Settles when the face has ended. */
  readonly finished: Promise<void>;
}

/**
 * Serves the page on a free port of 127.0.0.1 until the signal is given. One
 * page at a time: a second one takes over.
 *
 * @param options The session, the page, and what to do with links.
 * @returns The running face.
 * @throws {TypeError} If the page's policy has no place for its connection.
 */
export function serveBrowserFace(options: BrowserFaceOptions): BrowserFace {
  options.signal.throwIfAborted();
  if (!options.html.includes(NO_CONNECTION)) {
    throw new TypeError("The page's policy has no place for its connection");
  }
  const stop = new AbortController();
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
  }, (request, info) => gate.handleRequest(request, info.remoteAddr.port));
  const page = new PageSocket(options.session);
  const gate = new Gate(options, server.addr.port, page);
  options.signal.addEventListener("abort", async () => {
    await page.close();
    stop.abort();
  }, { once: true });
  return { origin: gate.origin, finished: server.finished };
}

/** Decides who gets the page and its socket. */
class Gate {
  readonly origin: string;
  readonly #port: number;
  readonly #host: string;
  readonly #page: PageSocket;
  readonly #onLink: (url: string) => void;
  readonly #isOtherUser: typeof isOtherUser;
  readonly #html: string;
  readonly #policy: string;
  readonly #path = `/${randomToken()}/`;
  readonly #cookie = `gas-chatroom=${randomToken()}`;
  /** The link not used yet, if there is one. */
  #token: string | undefined;
  /** Grows by one for each use of a link, which only its owner can do. */
  readonly #usedTokens = new Set<string>();

  constructor(options: BrowserFaceOptions, port: number, page: PageSocket) {
    this.#port = port;
    this.#host = `127.0.0.1:${port}`;
    this.origin = `http://${this.#host}`;
    this.#page = page;
    this.#onLink = options.onLink;
    this.#isOtherUser = options.isOtherUser ?? isOtherUser;
    [this.#html, this.#policy] = allowSocket(options.html, this.#host);
    this.#offerLink();
  }

  async handleRequest(request: Request, peerPort: number): Promise<Response> {
    if (request.headers.get("host") !== this.#host) return this.#answer(403);
    if (request.method !== "GET") return this.#answer(405);
    const path = new URL(request.url).pathname;
    if (path === this.#path) {
      if (!this.#hasCookie(request)) return this.#answer(403, OTHER_BROWSER);
      return this.#answer(200, this.#html);
    }
    if (path === `${this.#path}socket`) {
      const own = this.#hasCookie(request) &&
        request.headers.get("origin") === this.origin;
      return own ? this.#page.accept(request) : this.#answer(403);
    }
    return await this.#redeem(path.slice(1), peerPort);
  }

  async #redeem(token: string, peerPort: number): Promise<Response> {
    const valid = this.#token !== undefined && equalText(token, this.#token);
    if (!valid && !this.#usedTokens.has(token)) return this.#answer(404);
    const ends = { clientPort: peerPort, serverPort: this.#port };
    if (await this.#isOtherUser(ends)) return this.#answer(403, OTHER_USER);
    if (this.#token !== token) {
      if (this.#token === undefined) this.#offerLink();
      return this.#answer(403, USED_LINK);
    }
    this.#token = undefined;
    this.#usedTokens.add(token);
    // Not a redirect: a browser that another program sent here would follow it
    // without the cookie, because of SameSite. A page's own step counts as
    // ours.
    const response = this.#answer(
      200,
      `<meta http-equiv="refresh" content="0;url=${this.#path}">`,
    );
    response.headers.set(
      "set-cookie",
      `${this.#cookie}; Path=${this.#path}; HttpOnly; SameSite=Strict`,
    );
    return response;
  }

  #offerLink(): void {
    this.#token = randomToken();
    this.#onLink(`${this.origin}/${this.#token}`);
  }

  #hasCookie(request: Request): boolean {
    const cookies = request.headers.get("cookie")?.split(/; */) ?? [];
    return cookies.some((cookie) => equalText(cookie, this.#cookie));
  }

  #answer(status: number, html = ""): Response {
    return new Response(html, {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `${this.#policy}; frame-ancestors 'none'`,
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    });
  }
}

/** The connection to the one page that shows the session. */
class PageSocket {
  readonly #session: FaceSession;
  #socket: WebSocket | undefined;
  #unsent: ClientEvent[] = [];

  constructor(session: FaceSession) {
    this.#session = session;
    session.subscribe((event) => this.#queue(event));
  }

  /** Gives the session to the page that asks; the page before it is told. */
  accept(request: Request): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response(null, { status: 426 });
    }
    // On loopback no connection dies silently, and a sleeping computer must not
    // lose its page: no idle timeout.
    const { socket, response } = Deno.upgradeWebSocket(request, {
      idleTimeout: 0,
    });
    socket.addEventListener("open", () => {
      this.#dismiss("takenOver");
      this.#socket = socket;
      // The page asks for the whole state, which includes these.
      this.#unsent = [];
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket !== socket) return;
      const command = typeof data === "string"
        ? decodeClientCommand(data)
        : undefined;
      if (command === undefined) socket.close(POLICY_CLOSE_CODE);
      else this.#session.handleCommand(command);
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    return response;
  }

  /** Sends what is left and says good-bye. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#flush();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    socket.addEventListener("close", () => resolve(), { once: true });
    this.#dismiss("gone");
    await promise;
    clearTimeout(timer);
  }

  /** Closes the page's socket and says why, so that it does not come back. */
  #dismiss(reason: "takenOver" | "gone"): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const event: PageEvent = { type: "linkClosed", reason };
    socket.send(JSON.stringify([event]));
    socket.close(NORMAL_CLOSE_CODE);
  }

  /** Events of one turn go to the page together: it draws once. */
  #queue(event: ClientEvent): void {
    if (this.#socket === undefined) return;
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush());
    this.#unsent.push(event);
  }

  #flush(): void {
    const events = this.#unsent;
    const socket = this.#socket;
    this.#unsent = [];
    if (socket?.readyState !== WebSocket.OPEN || events.length === 0) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      socket.close(TRY_AGAIN_CLOSE_CODE);
    } else socket.send(JSON.stringify(events));
  }
}

/** What scripts/build_page.ts puts into the page's policy for us to replace. */
const NO_CONNECTION = "connect-src 'none'";

/** Close codes of RFC 6455 section 7.4.1 and its registry. */
const NORMAL_CLOSE_CODE = 1000;
const POLICY_CLOSE_CODE = 1008;
const TRY_AGAIN_CLOSE_CODE = 1013;

/**
 * A page that takes nothing for this long is cut off; when it is back it gets
 * the whole state.
 */
const MAX_BUFFERED_BYTES = 16_777_216;

/**
 * A browser answers within milliseconds; one that is stuck is not waited for.
 */
const CLOSE_TIMEOUT_MS = 1_000;

const OTHER_BROWSER =
  "<p>This page belongs to another browser.<p>Halaman ini milik browser lain.";
const OTHER_USER =
  "<p>This link belongs to another user of this computer.<p>Tautan ini milik pengguna lain di komputer ini.";
const USED_LINK =
  "<p>This link was used already. A new one is where gas-client was started.<p>Tautan ini sudah dipakai. Tautan baru ada di tempat gas-client dijalankan.";

/** Lets the page reach its own socket, which the page as built may not. */
function allowSocket(html: string, host: string): [string, string] {
  const place = /(http-equiv="Content-Security-Policy" content=")([^"]*)/;
  const built = place.exec(html)?.[2] ?? "";
  // 'self' would do by the specification; not every browser counts ws: in.
  const policy = built.replace(NO_CONNECTION, `connect-src ws://${host}`);
  return [html.replace(place, (_, start) => start + policy), policy];
}

function randomToken(): string {
  return encodeHex(crypto.getRandomValues(new Uint8Array(32)));
}

function equalText(left: string, right: string): boolean {
  const encoder = new TextEncoder();
  return equalBytes(encoder.encode(left), encoder.encode(right));
}
