import { assertEquals, assertThrows } from "@std/assert";
import {
  KnownServers,
  MAX_KNOWN_SERVERS,
} from "../../../lib/store/known_servers.ts";
import { DamagedFileError } from "../../../lib/store/private_file.ts";
import { HAS_MODES, modeOf, withFolder } from "./temporary_folder.ts";

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);

Deno.test(
  "KnownServers.check() tells first, same and changed apart",
  withFolder((folder) => {
    const servers = new KnownServers(`${folder}/known`);
    assertEquals(servers.check("host", 8080, KEY), "first");
    servers.pin("host", 8080, KEY);
    assertEquals(servers.check("host", 8080, KEY), "same");
    assertEquals(servers.check("host", 8080, OTHER_KEY), { changed: KEY });
  }),
);

Deno.test(
  "KnownServers.pinned() gives the key of a server that was met",
  withFolder((folder) => {
    const servers = new KnownServers(`${folder}/known`);
    assertEquals(servers.pinned("host", 8080), undefined);
    servers.pin("host", 8080, KEY);
    assertEquals(servers.pinned("HOST", 8080), KEY);
  }),
);

Deno.test(
  "KnownServers.check() does not pin",
  withFolder((folder) => {
    const servers = new KnownServers(`${folder}/known`);
    servers.check("host", 8080, KEY);
    assertEquals(servers.check("host", 8080, OTHER_KEY), "first");
  }),
);

Deno.test(
  "KnownServers.check() knows a host in any spelling, and each port apart",
  withFolder((folder) => {
    const servers = new KnownServers(`${folder}/known`);
    servers.pin("Host.Local", 8080, KEY);
    assertEquals(servers.check("host.local.", 8080, KEY), "same");
    assertEquals(servers.check("host.local", 8081, KEY), "first");
    servers.pin("fe80::1", 80, KEY);
    assertEquals(servers.check("FE80::1", 80, KEY), "same");
    assertEquals(servers.check("fe80::1:80", 80, KEY), "first");
  }),
);

Deno.test(
  "KnownServers.forget() makes the next key the first",
  withFolder((folder) => {
    const servers = new KnownServers(`${folder}/known`);
    servers.pin("host", 8080, KEY);
    servers.pin("other", 8080, KEY);
    servers.forget("host", 8080);
    servers.forget("never met", 8080);
    assertEquals(servers.check("host", 8080, OTHER_KEY), "first");
    assertEquals(servers.check("other", 8080, KEY), "same");
  }),
);

Deno.test(
  "KnownServers.pin() keeps what another client pinned meanwhile",
  withFolder((folder) => {
    const one = new KnownServers(`${folder}/known`);
    const two = new KnownServers(`${folder}/known`);
    one.pin("a", 1, KEY);
    two.pin("b", 2, OTHER_KEY);
    one.pin("c", 3, KEY);
    for (const servers of [one, two]) {
      assertEquals(servers.check("a", 1, KEY), "same");
      assertEquals(servers.check("b", 2, OTHER_KEY), "same");
      assertEquals(servers.check("c", 3, KEY), "same");
    }
  }),
);

Deno.test(
  "KnownServers.pin() forgets the oldest pin beyond its limit",
  withFolder((folder) => {
    const path = `${folder}/known`;
    const key = "01".repeat(32);
    const entries = Array.from(
      { length: MAX_KNOWN_SERVERS },
      (_, i) => [`h${i}:1`, key],
    );
    Deno.writeTextFileSync(
      path,
      JSON.stringify({ version: 1, servers: entries }),
    );
    const servers = new KnownServers(path);
    servers.pin("h0", 1, KEY);
    servers.pin("new", 1, KEY);
    assertEquals(servers.check("new", 1, KEY), "same");
    assertEquals(servers.check("h0", 1, KEY), "same");
    assertEquals(servers.check("h1", 1, KEY), "first");
    assertEquals(servers.check("h2", 1, KEY), "same");
  }),
);

Deno.test(
  "KnownServers refuses a damaged file instead of dropping every pin",
  withFolder((folder) => {
    const path = `${folder}/known`;
    const servers = new KnownServers(path);
    const damaged = [
      "",
      "{",
      "null",
      '{"version": 2, "servers": []}',
      '{"version": 1, "servers": {}}',
      '{"version": 1, "servers": [null]}',
      '{"version": 1, "servers": [["h:1", "01"]]}',
    ];
    for (const text of damaged) {
      Deno.writeTextFileSync(path, text);
      assertThrows(() => servers.check("h", 1, KEY), DamagedFileError, path);
      assertThrows(() => servers.pin("h", 1, KEY), DamagedFileError);
      assertEquals(Deno.readTextFileSync(path), text);
    }
  }),
);

Deno.test({
  name: "KnownServers keeps to whom a person talks private",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/known`;
    const servers = new KnownServers(path);
    servers.pin("h", 1, KEY);
    assertEquals(modeOf(path), 0o600);
    Deno.chmodSync(path, 0o644);
    servers.check("h", 1, KEY);
    assertEquals(modeOf(path), 0o600);
  }),
});
