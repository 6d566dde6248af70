/** The executables that `deno task compile` left in dist/. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { areCompiled, CLIENT, EmptyPlace, SERVER } from "./programs.ts";
import { until } from "./virtual_display.ts";

/** Deno's runtime is 85 MB; npm packages left in would add tens more. */
const MAX_BYTES = 100e6;

if (!areCompiled) {
  console.log("executables are not tested: run `deno task compile` first");
}

function executableTest(
  name: string,
  run: (place: EmptyPlace) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !areCompiled,
    async fn() {
      await using place = await EmptyPlace.make();
      await run(place);
    },
  });
}

for (const program of [SERVER, CLIENT]) {
  const name = program.pathname.split("/").at(-1)!;

  executableTest(`${name} tells its version and its options`, async (place) => {
    const version = place.start(program, ["--version"]);
    assertEquals(await version.end(), 0, version.stderr);
    assertMatch(version.stdout, /\d+\.\d+\.\d+/);
    const help = place.start(program, ["--help"]);
    assertEquals(await help.end(), 0, help.stderr);
    assertStringIncludes(help.stdout, "Usage:");
  });

  executableTest(`${name} embeds only what it uses`, async () => {
    const { size } = await Deno.stat(program);
    assert(size < MAX_BYTES, `${size} bytes`);
  });
}

executableTest("executables carry a chat from end to end", async (place) => {
  const { program: server, address } = await place.serve();
  const budi = place.join(address, "Budi");
  await until(
    "Budi's joining",
    () => server.stdout.includes("Budi") || undefined,
  );
  const ana = place.join(address, "Ana");
  await ana.type("hello\n");
  assertEquals(await ana.end(), 0, ana.stderr);
  await until("Ana's text", () => budi.stdout.includes("hello") || undefined);
  assertEquals(budi.stdout, "Ana: hello\n");
  assertEquals(await budi.end(), 0, budi.stderr);
  server.signal("SIGTERM");
  assertEquals(await server.end(), 0, server.stderr);
  assertEquals(await place.temporaryFiles(), []);
});

executableTest("gas-client says that the password is wrong", async (place) => {
  const { address } = await place.serve();
  const client = place.start(
    CLIENT,
    [...address, "--terminal", "--name", "Ana"],
    { GAS_PASSWORD: "guess" },
  );
  assertEquals(await client.end(), 2, client.stderr);
  assertMatch(client.stderr, /password/i);
});

executableTest(
  "gas-client without a display names the other faces",
  async (place) => {
    const client = place.start(CLIENT, ["127.0.0.1"]);
    assertNotEquals(await client.end(), 0);
    assertStringIncludes(client.stderr, "--terminal");
    assertStringIncludes(client.stderr, "--browser");
  },
);
