import { assertEquals } from "@std/assert";
import { resources } from "../../../lib/app/resources.ts";

Deno.test("resources() finds the sources beside the entry", () => {
  const { clientWorker, loginWorker, page } = resources("file:///g/client.ts");
  assertEquals(clientWorker.href, "file:///g/lib/app/client_worker.ts");
  assertEquals(loginWorker.href, "file:///g/lib/crypto/login_worker.ts");
  assertEquals(page.href, "file:///g/dist/page.html");
});

Deno.test("resources() finds the store's Worker", () => {
  const { storeWorker } = resources("file:///g/server.js");
  assertEquals(storeWorker.href, "file:///g/lib/store/store_worker.js");
});

Deno.test("resources() finds the bundles beside a bundled entry", () => {
  const { clientWorker, loginWorker, page } = resources("file:///g/client.js");
  assertEquals(clientWorker.href, "file:///g/lib/app/client_worker.js");
  assertEquals(loginWorker.href, "file:///g/lib/crypto/login_worker.js");
  assertEquals(page.href, "file:///g/dist/page.html");
});
