// `npm run quickstart`: the main job on the example app, from nothing to a release rolled back. Ends by itself and takes
// everything down, unless `--keep`.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyExample } from "./app-versions.ts";
import type { Run } from "./deliver.ts";
import { deliverThreeVersions, takeDown } from "./scenario.ts";
import { duration } from "./story.ts";
import { summary } from "./summary.ts";

const USAGE = `npm run quickstart [-- --keep]

Brings up the local cloud, checks the example app, ships version 1, ships version 2 under load, and shows a broken
version 3 being rolled back. It uses a copy of examples/diary in a temporary folder.

  --keep   leave the app and the local cloud running, and print how to stop them
  --help   print this
`;

const EXIT_INTERRUPTED = 40;

process.exitCode = await main();

async function main(): Promise<number> {
  const keep = readArguments();
  if (typeof keep === "number") return keep;

  const folder = mkdtempSync(join(tmpdir(), "slipway-quickstart-"));
  const stopped = new AbortController();
  const stop = () => stopped.abort(new Error("interrupted"));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const run: Run = {
    folder,
    app: join(folder, "diary"),
    env: { ...process.env, SLIPWAY_HOME: join(folder, "state"), SLIPWAY_PRACTICE_PASSWORD: "slipway" },
    signal: stopped.signal,
    startedAt: performance.now(),
    steps: [],
  };

  let kept = false;
  try {
    copyExample(run.app);
    const shown = await deliverThreeVersions(run);
    kept = keep;
    console.log(summary(run, shown, kept));
    return 0;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    console.error(`\nquickstart: ${stopped.signal.aborted ? "interrupted; taking everything down" : words}`);
    return stopped.signal.aborted ? EXIT_INTERRUPTED : 1;
  } finally {
    if (!kept) {
      await takeDown(run);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
    console.log(
      `\nquickstart: ${kept ? "ready" : "everything is down"} after ${duration((performance.now() - run.startedAt) / 1000)}`,
    );
  }
}

/** Whether to keep everything running, or the exit code when there is nothing to do. */
function readArguments(): boolean | number {
  try {
    const { values } = parseArgs({
      options: { keep: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    });
    if (!values.help) return values.keep;
    console.log(USAGE);
    return 0;
  } catch (error) {
    console.error(`quickstart: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}
