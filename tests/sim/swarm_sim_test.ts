import { Prng } from "../../lib/base/prng.ts";
import { runSwarm } from "./swarm.ts";
import { PRESET_NAMES } from "./swarm_options.ts";

/** More are for `deno task sim`. */
const SEEDS_PER_PRESET = 2;
const SEEDS_PER_COMMIT = 5;

for (const preset of PRESET_NAMES) {
  Deno.test(`a room in ${preset} survives whatever its seed draws`, () => {
    for (let seed = 1; seed <= SEEDS_PER_PRESET; seed++) runSwarm(seed, preset);
  });
}

/** What random runs have found, and where. */
for (
  const [seed, what] of [
    [55, "another connection was told of a room that the disk did not have"],
    [60, "who came back to a room was not told its own messages"],
    [
      1283,
      "what was kept of a room that was left was shown beside its history",
    ],
    [
      21090,
      "a server's last word was more than an unproven address may be sent",
    ],
    [
      52812,
      "a checker forgot what was kept of a room that was left and entered again",
    ],
  ] as const
) {
  Deno.test(`regression: ${what} (seed ${seed})`, () => runSwarm(seed));
}

const commit = await readCommit();

Deno.test({
  name: `a room survives what the seeds of commit ${commit} draw`,
  ignore: commit === undefined,
  fn() {
    // Each commit tries others, and the same ones whenever it is tried again.
    const prng = new Prng(commit!);
    for (let left = SEEDS_PER_COMMIT; left > 0; left--) runSwarm(prng.u32());
  },
});

/** The commit under test; undefined where there is no Git or no repository. */
async function readCommit(): Promise<string | undefined> {
  try {
    const git = new Deno.Command("git", { args: ["rev-parse", "HEAD"] });
    const { success, stdout } = await git.output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}
