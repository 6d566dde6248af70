/**
 * The browser face as a browser, and as others on the computer, meet it. Over
 * raw HTTP, because `fetch` does not let a test choose Host, Origin or cookies.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type BrowserFace,
  type BrowserFaceOptions,
  serveBrowserFace,
} from "../../lib/ui/browser_face.ts";
import { ScriptedSession } from "../e2e/scripted_session.ts";

const HTML =
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'none'">page`;

/** A running face and what it gave out. */
interface Running {
  readonly face: BrowserFace;
  readonly session: ScriptedSession;
  readonly links: readonly string[];
  readonly stop: AbortController;
}

async function withFace(
  use: (running: Running) => Promise<void>,
  more: Partial<BrowserFaceOptions> = {},
): Promise<void> {
  const session = new ScriptedSession();
  const links: string[] = [];
  const stop = new AbortController();
  const face = serveBrowserFace({
    session,
    html: HTML,
    onLink: (url) => links.push(url),
    signal: stop.signal,
    ...more,
  });
  try {
    await use({ face, session, links, stop });
  } finally {
    stop.abort();
    await face.finished;
  }
}

/** An answer, as far as the tests look at it. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function request(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  const { host, hostname, port, pathname } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({ host, connection: "close", ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await connection.write(
    new TextEncoder().encode(`${method} ${pathname} HTTP/1.1\r\n${lines}\r\n`),
  );
  const text = await new Response(connection.readable).text();
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...fields] = head.split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    headers: new Headers(
      fields.map((field): [string, string] => {
        const [name = "", ...value] = field.split(": ");
        return [name, value.join(": ")];
      }),
    ),
    body: rest.join("\r\n\r\n"),
  };
}

/** Where a link leads, and the cookie that opens it. */
interface Entrance {
  readonly url: string;
  readonly cookie: string;
}

async function enter({ face, links }: Running): Promise<Entrance> {
  const answer = await request(links.at(-1)!);
  assertEquals(answer.status, 200);
  const path = /url=([^"]+)"/.exec(answer.body)?.[1];
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  assert(path !== undefined && cookie !== undefined);
  return { url: face.origin + path, cookie };
}

/** A page's end of the socket. */
interface PageEnd {
  readonly send: (text: string) => Promise<void>;
  /** The next batch of events. */
  readonly next: () => Promise<unknown>;
  /** The code it is closed with, by either side. */
  readonly closeCode: Promise<number | undefined>;
}

async function openSocket(
  { face }: Running,
  { url, cookie }: Entrance,
): Promise<PageEnd> {
  // Unlike a WebSocket, a stream takes headers in every version of Deno.
  const stream = new WebSocketStream(
    `${url.replace("http:", "ws:")}socket`,
    { headers: { cookie, origin: face.origin } },
  );
  const { readable, writable } = await stream.opened;
  const reader = readable.getReader();
  const writer = writable.getWriter();
  // Deno's types name the field otherwise than Deno does.
  const closed = stream.closed as Promise<{ closeCode?: number }>;
  const closeCode = closed.then(({ closeCode }) => closeCode);
  return {
    send: (text) => writer.write(text),
    next: async () => JSON.parse(String((await reader.read()).value)),
    // Reads to the end: on Deno 2.4 an unread message holds the close back.
    get closeCode() {
      return drain(reader).then(() => closeCode);
    },
  };
}

async function drain(reader: ReadableStreamDefaultReader): Promise<void> {
  while (!(await reader.read()).done);
}

/** Ends the program and sees how the page learns of it. */
async function endPage(running: Running, page: PageEnd): Promise<void> {
  running.stop.abort();
  assertEquals(await page.next(), [{ type: "linkClosed", reason: "gone" }]);
  assertEquals(await page.closeCode, 1000);
}

Deno.test("serveBrowserFace() gives one link with an unguessable token", () =>
  withFace(({ face, links }) => {
    assertMatch(face.origin, /^http:\/\/127\.0\.0\.1:\d+$/);
    assertEquals(links.length, 1);
    assertMatch(links[0]!.slice(face.origin.length), /^\/[0-9a-f]{64}$/);
    return Promise.resolve();
  }));

Deno.test("serveBrowserFace() trades the token for a cookie of that page only", () =>
  withFace(async (running) => {
    const answer = await request(running.links[0]!);
    const [cookie, ...attributes] = answer.headers.get("set-cookie")!
      .split("; ");
    assertMatch(cookie!, /^gas-chatroom=[0-9a-f]{64}$/);
    const path = /url=([^"]+)"/.exec(answer.body)![1];
    assertEquals(attributes, [`Path=${path}`, "HttpOnly", "SameSite=Strict"]);
    assert(!running.links[0]!.includes(path!), "the link says nothing of it");
  }));

Deno.test("serveBrowserFace() shows the page to the cookie alone", () =>
  withFace(async (running) => {
    const { url, cookie } = await enter(running);
    const page = await request(url, { cookie });
    assertEquals(page.status, 200);
    assertStringIncludes(page.body, "page");
    assertEquals((await request(url)).status, 403);
    const wrong = cookie.slice(0, -1) + (cookie.endsWith("0") ? "1" : "0");
    assertEquals((await request(url, { cookie: wrong })).status, 403);
  }));

Deno.test("serveBrowserFace() lets the page reach its own socket, and nothing else", () =>
  withFace(async (running) => {
    const { url, cookie } = await enter(running);
    const page = await request(url, { cookie });
    const socket = running.face.origin.replace("http:", "ws:");
    const policy = `default-src 'none'; connect-src ${socket}`;
    assertStringIncludes(page.body, `content="${policy}"`);
    assertEquals(
      page.headers.get("content-security-policy"),
      `${policy}; frame-ancestors 'none'`,
    );
  }));

Deno.test("serveBrowserFace() forbids caching, sniffing and referrers in every answer", () =>
  withFace(async (running) => {
    const { url, cookie } = await enter(running);
    const answers = [
      await request(url, { cookie }),
      await request(url),
      await request(`${running.face.origin}/favicon.ico`),
    ];
    for (const { headers } of answers) {
      assertEquals(headers.get("cache-control"), "no-store");
      assertEquals(headers.get("x-content-type-options"), "nosniff");
      assertEquals(headers.get("referrer-policy"), "no-referrer");
    }
  }));

Deno.test("serveBrowserFace() takes a link once and offers another one", () =>
  withFace(async (running) => {
    const used = running.links[0]!;
    const first = await enter(running);
    const again = await request(used);
    assertEquals(again.status, 403);
    assertStringIncludes(again.body, "used already");
    assertEquals(running.links.length, 2);
    assertEquals((await request(used)).status, 403);
    assertEquals(running.links.length, 2, "one open link at a time");
    assertNotEquals(running.links[1], used);
    assertEquals(await enter(running), first);
  }));

Deno.test("serveBrowserFace() keeps the link for its owner when another user comes first", async () => {
  let isOther = true;
  await withFace(async (running) => {
    const answer = await request(running.links[0]!);
    assertEquals(answer.status, 403);
    assertStringIncludes(answer.body, "another user");
    isOther = false;
    await enter(running);
  }, { isOtherUser: () => Promise.resolve(isOther) });
});

Deno.test("serveBrowserFace() answers only for its exact host", () =>
  withFace(async (running) => {
    const { url, cookie } = await enter(running);
    const { port } = new URL(url);
    for (
      const host of [`localhost:${port}`, "127.0.0.1", `evil.test:${port}`]
    ) {
      assertEquals((await request(url, { host, cookie })).status, 403, host);
    }
  }));

Deno.test("serveBrowserFace() has nothing else to show", () =>
  withFace(async (running) => {
    const { origin } = running.face;
    for (const path of ["/", "/socket", "/index.html", `/${"0".repeat(64)}`]) {
      assertEquals((await request(origin + path)).status, 404, path);
    }
    const { url, cookie } = await enter(running);
    assertEquals((await request(url, { cookie }, "POST")).status, 405);
    assertEquals((await request(`${url}x`, { cookie })).status, 404);
  }));

Deno.test("serveBrowserFace() opens the socket to the page's own origin and cookie", () =>
  withFace(async (running) => {
    const { url, cookie } = await enter(running);
    const { origin } = running.face;
    const upgrade = {
      connection: "upgrade, close",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const ask = async (headers: Record<string, string>) =>
      (await request(`${url}socket`, { ...upgrade, ...headers })).status;
    assertEquals(await ask({ cookie, origin: "http://evil.test" }), 403);
    assertEquals(await ask({ cookie }), 403);
    assertEquals(await ask({ origin }), 403);
    const plain = await request(`${url}socket`, { cookie, origin });
    assertEquals(plain.status, 426);
  }));

Deno.test("serveBrowserFace() carries commands in and events out, in order", () =>
  withFace(async (running) => {
    const { session } = running;
    const page = await openSocket(running, await enter(running));
    await page.send('{"type":"faceReady"}');
    assertEquals(await page.next(), session.opening);
    await page.send('{"type":"send","roomId":1,"text":"hello"}');
    assertEquals(await session.nextCommand(), {
      type: "send",
      roomId: 1,
      text: "hello",
    });
    session.tell(
      { type: "joined", roomId: 1, name: "Ani", timeMs: 1 },
      { type: "gap", roomId: 1, missedMessages: 2 },
    );
    assertEquals(await page.next(), [
      { type: "joined", roomId: 1, name: "Ani", timeMs: 1 },
      { type: "gap", roomId: 1, missedMessages: 2 },
    ]);
    await endPage(running, page);
  }));

Deno.test("serveBrowserFace() hands the session to the page that came last", () =>
  withFace(async (running) => {
    const entrance = await enter(running);
    const first = await openSocket(running, entrance);
    const second = await openSocket(running, entrance);
    assertEquals(await first.next(), [
      { type: "linkClosed", reason: "takenOver" },
    ]);
    assertEquals(await first.closeCode, 1000);
    running.session.tell({ type: "gap", roomId: 1, missedMessages: 1 });
    assertEquals(await second.next(), [{
      type: "gap",
      roomId: 1,
      missedMessages: 1,
    }]);
    await endPage(running, second);
  }));

Deno.test("serveBrowserFace() cuts off a page that sends what is no command", () =>
  withFace(async (running) => {
    const page = await openSocket(running, await enter(running));
    await page.send("{}");
    assertEquals(await page.closeCode, 1008);
    assertEquals(running.session.pendingCommands, 0);
  }));

Deno.test("serveBrowserFace() tells the page the last events before it ends", () =>
  withFace(async (running) => {
    const page = await openSocket(running, await enter(running));
    running.session.tell({ type: "ended", reason: { code: "quit" } });
    running.stop.abort();
    assertEquals(await page.next(), [
      { type: "ended", reason: { code: "quit" } },
    ]);
    await endPage(running, page);
    await running.face.finished;
    const { hostname, port } = new URL(running.face.origin);
    const refused = await Deno.connect({ hostname, port: Number(port) })
      .then(() => false, () => true);
    assert(refused, "the port is closed");
  }));

Deno.test("serveBrowserFace() refuses a page whose policy it cannot complete", () => {
  assertThrows(
    () =>
      serveBrowserFace({
        session: new ScriptedSession(),
        html: "page",
        onLink: () => {},
        signal: new AbortController().signal,
      }),
    TypeError,
  );
});
