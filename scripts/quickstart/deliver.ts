import { join } from "node:path";
import { heading, note } from "./story.ts";
import { slipway, type SlipwayRun } from "./slipway.ts";

/** What all steps of one quickstart share. */
export interface Run {
  readonly folder: string;
  readonly app: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly startedAt: number;
  readonly steps: { name: string; seconds: number; result: string }[];
}

/** Runs one slipway command as a step: heading, run, note of its time. Fails when the exit code is not the expected. */
export async function step(
  run: Run,
  name: string,
  argv: readonly string[],
  expected = 0,
): Promise<SlipwayRun> {
  run.signal.throwIfAborted();
  heading((performance.now() - run.startedAt) / 1000, name);
  note(`$ npx slipway ${argv.map((word) => word.replace(`${run.folder}/`, "")).join(" ")}`);
  const done = await slipway({ argv, env: run.env, cwd: run.app, signal: run.signal });
  run.signal.throwIfAborted();
  run.steps.push({ name, seconds: done.seconds, result: `exit ${done.exitCode}` });
  if (done.exitCode !== expected) {
    throw new Error(`"${name}" ended with exit code ${done.exitCode} instead of ${expected}\n${done.stdout}`);
  }
  return done;
}

// What opens the local cloud's registry; written in its docs, and of use nowhere else.
const PRACTICE_NAME = "slipway";

/** Builds and pushes a release of the app as it is now and answers the path of its manifest. */
export async function release(run: Run, version: string, registry: string, commit: string): Promise<string> {
  const path = join(run.folder, `release-${version}.json`);
  await step(run, `build, push and write the release of version ${version}`, [
    "call",
    "--engine=embedded",
    "release",
    `--registry=${registry}`,
    `--username=${PRACTICE_NAME}`,
    "--password=env:SLIPWAY_PRACTICE_PASSWORD",
    `--commit=${commit}`,
    "export",
    `--path=${path}`,
  ]);
  return path;
}
