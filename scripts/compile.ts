/**
 * Makes the executables `gas-server` and `gas-client`: in `dist/` for this
 * platform, or in `dist/TARGET/` for each target named as argument.
 *
 * `deno compile` embeds what lies around the entry rather than what the program
 * uses. So every program is bundled first, with its Workers, into a private
 * folder that holds nothing else; lib/app/resources.ts and
 * lib/ui/webview_library.ts find the files in it.
 *
 * Environment: `DENO_COMPILE` is the Deno to compile with, else the one that
 * runs this; `DENORT_BIN` is its runtime for this platform, else Deno downloads
 * it. Both must be of one version. Bundling always uses the Deno that runs this.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { ENVIRONMENT_NAMES } from "../lib/app/load_options.ts";
import {
  locateWebviewLibrary,
  webviewBinary,
} from "../lib/ui/webview_library.ts";

/** The platforms Deno compiles for; all but Windows on ARM, which it cannot. */
const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-pc-windows-msvc",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];

type Os = "linux" | "windows" | "darwin";

/** One of the two executables. */
interface Program {
  readonly name: string;
  readonly entry: string;
  /** Modules that run as Workers. */
  readonly workers: readonly string[];
  /** Whether it has a face: the page and the native window. */
  readonly hasWindow: boolean;
  /** What it may do, as options of Deno. */
  readonly permissions: (os: Os) => readonly string[];
}

/**
 * What both may do. Peers are anywhere, and the data folder is wherever the
 * user says, so network and files cannot be narrowed here.
 */
const SHARED_PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
];

const PROGRAMS: readonly Program[] = [
  {
    name: "gas-server",
    entry: "server.ts",
    workers: ["lib/crypto/login_worker.ts", "lib/store/store_worker.ts"],
    hasWindow: false,
    permissions: () => [
      ...SHARED_PERMISSIONS,
      `--allow-env=${ENVIRONMENT_NAMES.join()}`,
      // The banner's addresses.
      "--allow-sys=networkInterfaces",
    ],
  },
  {
    name: "gas-client",
    entry: "client.ts",
    workers: ["lib/crypto/login_worker.ts", "lib/app/client_worker.ts"],
    hasWindow: true,
    permissions: (os) => [
      ...SHARED_PERMISSIONS,
      `--allow-env=${
        [...ENVIRONMENT_NAMES, "DISPLAY", "WAYLAND_DISPLAY"].join()
      }`,
      // Whose the webview library's folder is.
      "--allow-sys=uid,networkInterfaces",
      // The native window. Native code may do anything.
      "--allow-ffi",
      `--allow-run=${BROWSER_COMMANDS[os].join()}`,
    ],
  },
];

/**
 * What the browser face starts: lib/ui/open_browser.ts, loopback_user.ts. Full
 * paths, because a name alone lets nothing run at all where PATH is not set.
 */
const BROWSER_COMMANDS: Readonly<Record<Os, readonly string[]>> = {
  linux: ["/usr/bin/xdg-open", "/usr/bin/cat", "/bin/cat"],
  darwin: ["/usr/bin/osascript"],
  windows: ["C:\\Windows\\System32\\rundll32.exe"],
};

const ROOT = new URL("../", import.meta.url);
const DIST = new URL("dist/", ROOT);
/** How this platform is called as a target. */
const HOST = Deno.build.target;

if (import.meta.main) {
  try {
    await compileAll(Deno.args);
  } catch (error) {
    console.error(`compile: ${error instanceof Error ? error.message : error}`);
    Deno.exitCode = 1;
  }
}

async function compileAll(targets: readonly string[]): Promise<void> {
  const unknown = targets.find((target) => !TARGETS.includes(target));
  if (unknown !== undefined) {
    throw new Error(`no target ${unknown}; one of ${TARGETS.join(" ")}`);
  }
  await run(Deno.execPath(), ["task", "--quiet", "build"], ROOT);
  for (const program of PROGRAMS) {
    const folder = await Deno.makeTempDir({ prefix: "gas-compile-" });
    const staging = pathToFileURL(`${folder}/`);
    try {
      await bundle(program, staging);
      if (targets.length === 0) await compile(program, staging, HOST, DIST);
      for (const target of targets) {
        const output = new URL(`${target}/`, DIST);
        await compile(program, staging, target, output);
      }
    } finally {
      await Deno.remove(staging, { recursive: true });
    }
  }
}

/** Bundles a program's modules into the staging folder. */
async function bundle(program: Program, staging: URL): Promise<void> {
  // Deno looks for the nearest configuration, and takes what it names along.
  await Deno.writeTextFile(new URL("deno.json", staging), "{}");
  await run(Deno.execPath(), [
    "bundle",
    "--quiet",
    "--minify",
    "--platform=deno",
    // What the program and its Workers have in common, once.
    "--code-splitting",
    `--outdir=${fileURLToPath(staging)}`,
    program.entry,
    ...program.workers,
  ], ROOT);
}

async function compile(
  program: Program,
  staging: URL,
  target: string,
  folder: URL,
): Promise<void> {
  const [os, arch] = system(target);
  const included = program.workers.map(bundled);
  if (program.hasWindow) {
    included.push(...await stageWindow(staging, os, arch));
  }
  const extension = os === "windows" ? ".exe" : "";
  const output = new URL(program.name + extension, folder);
  await Deno.mkdir(folder, { recursive: true });
  await run(
    Deno.env.get("DENO_COMPILE") ?? Deno.execPath(),
    [
      "compile",
      "--quiet",
      "--no-check",
      // Deno would keep it in a file that others can guess and write first.
      "--no-code-cache",
      "--unstable-net",
      ...program.permissions(os),
      ...included.map((file) => `--include=${file}`),
      ...target === HOST ? [] : [`--target=${target}`],
      `--output=${fileURLToPath(output)}`,
      bundled(program.entry),
    ],
    staging,
    environment(target),
  );
  const { size } = await Deno.stat(output);
  console.log(
    `${(size / 1e6).toFixed(1).padStart(6)} MB  ${fileURLToPath(output)}`,
  );
}

/** Puts the page and the target's webview library into the staging folder. */
async function stageWindow(
  staging: URL,
  os: Os,
  arch: string,
): Promise<string[]> {
  const binary = webviewBinary(os, arch);
  const source = locateWebviewLibrary(binary, import.meta.url);
  const library = `dist/webview/${binary.file}`;
  await Deno.mkdir(new URL("dist/webview/", staging), { recursive: true });
  await Deno.copyFile(source, new URL(library, staging));
  const page = "dist/page.html";
  await Deno.copyFile(new URL(page, ROOT), new URL(page, staging));
  return [page, library];
}

/** Operating system and processor, as `Deno.build` names them. */
function system(target: string): [Os, string] {
  const arch = target.slice(0, target.indexOf("-"));
  if (target.includes("windows")) return ["windows", arch];
  return [target.includes("darwin") ? "darwin" : "linux", arch];
}

function bundled(module: string): string {
  return module.replace(/\.ts$/, ".js");
}

/** This platform's environment, without its runtime for other targets. */
function environment(target: string): Record<string, string> {
  const { DENORT_BIN, ...env } = Deno.env.toObject();
  if (DENORT_BIN === undefined || target !== HOST) return env;
  return { ...env, DENORT_BIN };
}

async function run(
  command: string,
  args: readonly string[],
  cwd: URL,
  env: Record<string, string> = Deno.env.toObject(),
): Promise<void> {
  const { success } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")} failed`);
}
