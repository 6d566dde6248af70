import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type ClientSetup,
  loadClient,
  loadServer,
  type ServerSetup,
  type Start,
  type StartContext,
} from "../../../lib/app/load_options.ts";
import { HAS_MODES, modeOf, withFolder } from "../store/temporary_folder.ts";

const PIPE = { stdin: false, stdout: false };
const TERMINAL = { stdin: true, stdout: true };

function context(
  argv: string[],
  env: Record<string, string> = {},
): StartContext {
  return { argv, env, programDir: undefined, systemLocale: undefined };
}

function setupOf<T>(start: Start<T>): T {
  if (start.type === "run") return start.setup;
  throw new Error(start.text);
}

function failure(start: Start<unknown>): string {
  assert(start.type === "exit");
  assertEquals(start.code, 64);
  return start.text;
}

function server(argv: string[], env?: Record<string, string>): ServerSetup {
  return setupOf(loadServer(context(argv, env)));
}

function client(argv: string[], env?: Record<string, string>): ClientSetup {
  return setupOf(loadClient(context(argv, env), TERMINAL));
}

Deno.test(
  "loadServer() makes the data folder and uses the default password",
  withFolder((folder) => {
    const data = `${folder}/new/data`;
    const setup = server(["--data", data]);
    assertEquals(setup, {
      language: "en",
      dataDir: data,
      warnings: [],
      command: { type: "serve" },
      host: undefined,
      port: 8080,
      quiet: false,
      packets: false,
      retention: { maxAgeMs: undefined, maxBytes: undefined },
      password: "GAS1",
      openRoom: true,
      trace: undefined,
      simulate: undefined,
    });
    assert(Deno.statSync(data).isDirectory);
    if (HAS_MODES) assertEquals(modeOf(data), 0o700);
  }),
);

Deno.test(
  "loadServer() counts what is kept in milliseconds and bytes",
  withFolder((folder) => {
    const argv = ["--keep-days", "2", "--keep-megabytes=3", "--data", folder];
    const { retention } = server(argv);
    assertEquals(retention, { maxAgeMs: 172_800_000, maxBytes: 3_000_000 });
  }),
);

Deno.test(
  "loadServer() reads config.json of the data folder",
  withFolder((folder) => {
    const text = '{"language": "id", "server": {"port": 9, "password": "x"}}';
    Deno.writeTextFileSync(`${folder}/config.json`, text, { mode: 0o600 });
    const setup = server([], { GAS_DATA: folder });
    assertEquals([setup.port, setup.password], [9, "x"]);
    assertEquals([setup.openRoom, setup.language], [false, "id"]);
    assertEquals(setup.warnings, []);
  }),
);

Deno.test(
  "loadServer() reads the config file that is named instead",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/config.json`, '{"server": {"port": 9}}');
    Deno.writeTextFileSync(`${folder}/other.json`, '{"server": {"port": 10}}');
    const argv = ["--data", folder, `--config=${folder}/other.json`];
    assertEquals(server(argv).port, 10);
  }),
);

Deno.test(
  "loadServer() names a config file that is missing or wrong",
  withFolder((folder) => {
    const missing = `${folder}/missing.json`;
    const start = loadServer(context(["--data", folder, "--config", missing]));
    assertEquals(
      failure(start),
      `gas-server: There is no file ${missing}.\nSee gas-server --help\n`,
    );
    Deno.writeTextFileSync(`${folder}/config.json`, '{"port": 1}');
    assertStringIncludes(
      failure(loadServer(context(["--data", folder]))),
      'there is no key "port"',
    );
  }),
);

Deno.test(
  "loadServer() answers help although the config file is wrong",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/config.json`, "{");
    const start = loadServer(context(["--data", folder, "--help"]));
    assert(start.type === "exit");
    assertEquals(start.code, 0);
    assertStringIncludes(start.text, "Usage: gas-server");
  }),
);

Deno.test(
  "loadServer() takes one line of the password file",
  withFolder((folder) => {
    const path = `${folder}/password`;
    const argv = ["--data", folder, "--password-file", path];
    for (const text of ["pass word", "pass word\n", "pass word\r\n"]) {
      Deno.writeTextFileSync(path, text, { mode: 0o600 });
      assertEquals(server(argv).password, "pass word");
    }
    assertEquals(server(argv).warnings, []);
  }),
);

Deno.test(
  "loadServer() refuses a password file without one line, naming the file",
  withFolder((folder) => {
    const path = `${folder}/password`;
    const argv = ["--data", folder, "--password-file", path];
    for (const text of ["", "\n", "two\nlines\n", "x".repeat(257)]) {
      Deno.writeTextFileSync(path, text);
      const message = failure(loadServer(context(argv)));
      assertStringIncludes(message, path);
      assertEquals(message.includes("two"), false);
    }
    assertStringIncludes(
      failure(
        loadServer(
          context(["--data", folder, "--password-file", folder + "/no"]),
        ),
      ),
      "There is no file",
    );
    assertStringIncludes(
      failure(
        loadServer(context(["--data", folder, "--password-file", folder])),
      ),
      "cannot be read",
    );
  }),
);

Deno.test({
  name: "loadServer() warns of passwords that others can read",
  ignore: !HAS_MODES,
  fn: withFolder((folder) => {
    const path = `${folder}/password`;
    Deno.writeTextFileSync(path, "secret");
    Deno.chmodSync(path, 0o644);
    const text = '{"server": {"password": "x"}}';
    Deno.writeTextFileSync(`${folder}/config.json`, text);
    Deno.chmodSync(`${folder}/config.json`, 0o640);
    const { warnings } = server(["--data", folder, "--password-file", path]);
    assertEquals(warnings.length, 2);
    assertStringIncludes(warnings[0] ?? "", "config.json holds a password");
    assertStringIncludes(warnings[1] ?? "", `chmod 600 ${path}`);
    assertEquals(modeOf(path), 0o644);
  }),
});

Deno.test(
  "loadServer() says the room is open if the default is set on purpose",
  withFolder((folder) => {
    const env = { GAS_PASSWORD: "GAS1" };
    assertEquals(server(["--data", folder], env).openRoom, true);
  }),
);

Deno.test(
  "loadServer() names a data folder that cannot be used",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const start = loadServer(context(["--data", `${folder}/file/data`]));
    assertStringIncludes(failure(start), `${folder}/file/data cannot be used`);
  }),
);

Deno.test(
  "loadClient() refuses a file of known servers that it cannot read",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/known-servers.json`, "x");
    const start = loadClient(context(["--data", folder]), TERMINAL);
    assertStringIncludes(
      failure(start),
      "known-servers.json cannot be read: not valid JSON.",
    );
  }),
);

Deno.test("loadServer() asks for a data folder where there is no home", () => {
  assertStringIncludes(failure(loadServer(context([]))), "--data DIR");
});

Deno.test("loadServer() prints the version", () => {
  const start = loadServer(context(["--version"]));
  assert(start.type === "exit");
  assert(/^gas-server \d+\.\d+\.\d+\n$/.test(start.text), start.text);
});

Deno.test(
  "loadClient() leaves the password to be asked, except in a pipe",
  withFolder((folder) => {
    assertEquals(client(["--data", folder]).password, undefined);
    const argv = ["--data", folder, "h", "--name", "bot"];
    const { task, password } = setupOf(loadClient(context(argv), PIPE));
    assertEquals(task, { type: "chat", face: "pipe" });
    assertEquals(password, "GAS1");
  }),
);

Deno.test(
  "loadClient() takes the client's password of the config file",
  withFolder((folder) => {
    const text = '{"server": {"password": "s"}, "client": {"password": "c"}}';
    Deno.writeTextFileSync(`${folder}/config.json`, text);
    assertEquals(client(["--data", folder]).password, "c");
  }),
);

Deno.test(
  "loadClient() speaks the language that a face remembered",
  withFolder((folder) => {
    const profile = '{"version": 1, "language": "id"}';
    Deno.writeTextFileSync(`${folder}/profile.json`, profile);
    const env = { LANG: "en_US.UTF-8" };
    assertEquals(client(["--data", folder], env).language, "id");
    assertEquals(
      client(["--data", folder], { ...env, GAS_LANGUAGE: "en" }).language,
      "en",
    );
  }),
);

Deno.test(
  "loadClient() warns of a network that is made bad on purpose",
  withFolder((folder) => {
    const argv = ["--data", folder, "--simulate", "loss=10"];
    const [warning, ...rest] = client(argv).warnings;
    assertStringIncludes(warning!, "on purpose");
    assertStringIncludes(warning!, "10 % lost");
    assertEquals(rest, []);
    assertEquals(client(argv.slice(0, 2)).warnings, []);
    assertEquals(server(argv).warnings, [], "the server's banner says it");
  }),
);

Deno.test(
  "loadServer() makes the trace's file, or names it",
  withFolder((folder) => {
    const path = `${folder}/t.sqlog`;
    const argv = ["--data", folder, "--trace"];
    assertEquals(server([...argv, path]).trace, path);
    if (HAS_MODES) assertEquals(modeOf(path), 0o600);
    const missing = `${folder}/none/t.sqlog`;
    assertStringIncludes(
      failure(loadServer(context([...argv, missing]))),
      `No trace can be written to ${missing}`,
    );
    const other = `${folder}/other`;
    Deno.writeTextFileSync(other, "text");
    assertStringIncludes(
      failure(loadServer(context([...argv, other]))),
      "no trace",
    );
    assertEquals(Deno.readTextFileSync(other), "text");
  }),
);
