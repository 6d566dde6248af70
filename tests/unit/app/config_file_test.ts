import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeConfig } from "../../../lib/app/config_file.ts";
import { UsageError, usageText } from "../../../lib/app/usage_error.ts";

function errorOf(text: string): string {
  const error = assertThrows(() => decodeConfig(text, "c.json"), UsageError);
  return usageText("en", error.problem);
}

Deno.test("decodeConfig() reads every key", () => {
  const config = {
    language: "id",
    server: {
      host: "0.0.0.0",
      port: 0,
      password: "p",
      quiet: true,
      keepDays: 365,
      keepMegabytes: 500,
    },
    client: {
      host: "h",
      port: 65535,
      clientPort: 0,
      name: "Ani",
      password: "q",
    },
  };
  assertEquals(decodeConfig(JSON.stringify(config), "c.json"), config as never);
});

Deno.test("decodeConfig() reads an empty object as no settings", () => {
  const { language, server, client } = decodeConfig("{}", "c.json");
  assertEquals([language, server.port, client.name], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("decodeConfig() names a key that does not exist", () => {
  assertEquals(
    errorOf('{"server": {"prot": 1}}'),
    'c.json: there is no key "server.prot". Allowed here: host, port, password, quiet, keepDays, keepMegabytes.',
  );
});

Deno.test("decodeConfig() does not name a key that is like none: it may be a password", () => {
  assertEquals(
    errorOf('{"server": {"hunter2": "password"}}'),
    "c.json: a key in server does not exist. Allowed here: host, port, password, quiet, keepDays, keepMegabytes.",
  );
  for (const key of ["constructor", "__proto__", "paõhunteriìt"]) {
    assertEquals(
      errorOf(JSON.stringify({ [key]: true })),
      "c.json: a key in {…} does not exist. Allowed here: language, server, client.",
    );
  }
});

Deno.test("decodeConfig() names a value of the wrong kind", () => {
  assertEquals(errorOf("[]"), "c.json: {…} must be an object.");
  assertEquals(
    errorOf('{"client": 5}'),
    "c.json: client must be an object.",
  );
  assertEquals(
    errorOf('{"client": {"name": 5}}'),
    "c.json: client.name must be text.",
  );
  assertEquals(
    errorOf('{"server": {"quiet": 1}}'),
    "c.json: server.quiet must be true or false.",
  );
});

Deno.test("decodeConfig() names a value out of range", () => {
  for (const port of ["-1", "1.5", "65536", '"80"', "null"]) {
    const message = errorOf(`{"server": {"port": ${port}}}`);
    assert(message.startsWith("c.json: server.port is"), message);
    assert(message.includes("from 0 to 65535"), message);
  }
  assert(errorOf('{"language": "fr"}').includes("en or id"));
  assert(errorOf('{"client": {"host": "a b"}}').includes("client.host"));
});

Deno.test("decodeConfig() never quotes a password", () => {
  const texts = [
    '{"server": {"password": hunter2}}',
    '{"server": {"password": "hunter2}',
    '{"server": {"password": ["hunter2"]}}',
    '{"server": {"password": "hunter2\\n"}}',
    `{"server": {"password": "${"hunter2".repeat(99)}"}}`,
  ];
  for (const text of texts) {
    assertEquals(errorOf(text).includes("hunter2"), false);
  }
});

Deno.test("decodeConfig() says where JSON breaks, if the engine does", () => {
  const message = errorOf('{"server": {"port": 80,}}');
  assert(message.startsWith("c.json is not valid JSON"), message);
});
