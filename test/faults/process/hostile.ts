// Hands hostile names to the product, one after the other, and tells what came of them. A process of its own, in whose
// folder and among whose children everything that happens is this one's doing.

import { subscribe } from "node:diagnostics_channel";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineReporter } from "../../../src/adapters/local/line-reporter.ts";
import { describeReport, type DeploymentReport } from "../../../src/core/deployment/report.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { problemText } from "../../../src/core/problem-text.ts";
import { readConfig } from "../../../src/core/config/read-config.ts";
import { readRelease } from "../../../src/core/release/schema.ts";
import { run } from "../../../src/cli/run.ts";
import { runDeploy } from "../../actions/run.ts";
import { aWrittenConfig } from "../../builders/a-config.ts";
import { aRelease } from "../../builders/a-release.ts";
import { World } from "../../fakes/world.ts";
import { Dice } from "../dice.ts";
import { outputFaults } from "../hostile/judge-output.ts";
import { hostileTexts, MARK } from "../hostile/payloads.ts";
import { PLACES, type Place } from "../hostile/places.ts";

const { HOSTILE_FOLDER: folder = "", HOSTILE_SEED: seed = "0", HOSTILE_COUNT: count = "0" } = process.env;
const texts = hostileTexts(Number(count), new Dice(Number(seed)));
const said = { cases: 0, refused: 0, carried: 0, faults: [] as string[] };

subscribe("child_process", (message) => {
  const { process: child } = message as { process: { spawnargs?: readonly string[] } };
  note("a child", "", [`a child process was started: ${JSON.stringify(child.spawnargs)}`]);
});

function note(place: string, text: string, faults: readonly string[]): void {
  said.faults.push(...faults.map((fault) => `${place} ${JSON.stringify(text.slice(0, 60))}: ${fault}`));
}

/** The name in a config or a manifest: refused when it is read, or carried through a whole deployment as data. */
async function asData(place: string, put: Place, text: string): Promise<void> {
  said.cases += 1;
  const given = put({ config: aWrittenConfig(), release: aRelease(1) }, text) as {
    config: unknown;
    release: unknown;
  };
  const config = readConfig(given.config);
  const release = readRelease(given.release);
  const problems = [config, release].flatMap((one) => (one.kind === "refused" ? one.problems : []));
  if (config.kind !== "config" || release.kind !== "release") {
    said.refused += 1;
    note(place, text, outputFaults(problems.map(problemText)));
    return;
  }

  const lines: string[] = [];
  const world = new World();
  world.publish(release.release);
  const fake = world.process();
  const reporter = lineReporter((line) => lines.push(line));
  try {
    const report: DeploymentReport = await runDeploy(world, release.release, {
      config: config.config,
      process: { ...fake, ports: { ...fake.ports, reporter } },
      ...(config.config.environments["local"] === undefined ? { environment: text } : {}),
    });
    lines.push(describeReport(report), ...report.problems.map(problemText));
  } catch (error) {
    if (error instanceof SlipwayError) lines.push(...error.problems.map(problemText));
    else note(place, text, [`a fault of the product's own: ${String(error)}`]);
  }
  said.carried += 1;
  note(place, text, outputFaults(lines));
}

/** The name as a word of the command line. */
async function asArgument(flag: string, text: string): Promise<void> {
  said.cases += 1;
  const printed: string[] = [];
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.write = (chunk: unknown) => printed.push(String(chunk)) > 0;
  let code = -1;
  try {
    code = await run([
      "deploy",
      `--project=${join(folder, "app")}`,
      "--env=local",
      "--release=none.json",
      `${flag}=${text}`,
    ]);
  } finally {
    // The prototype's own is there again.
    for (const stream of streams) Reflect.deleteProperty(stream, "write");
    process.exitCode = undefined;
  }
  if (code === 2) said.refused += 1;
  else note(flag, text, [`exit ${code}`]);
  note(flag, text, outputFaults([printed.join("")]));
}

mkdirSync(join(folder, "app", "migrations"), { recursive: true });
writeFileSync(join(folder, "app", "slipway.config.json"), JSON.stringify(aWrittenConfig()));
const before = readdirSync(folder, { recursive: true }).length;
const filled = texts.map((text) => text.replaceAll("{dir}", folder));
const places = Object.entries(PLACES);
for (const [index, text] of filled.entries()) {
  // Every text in some places, every known one in all of them.
  const chosen = index < 60 ? places : places.filter((_, at) => at % 5 === index % 5);
  for (const [name, put] of chosen) await asData(name, put, text);
  for (const flag of ["--env", "--release", "--project", "--unknown"])
    if (index % 4 === 0) await asArgument(flag, text);
}
if (existsSync(join(folder, MARK))) said.faults.push("a shell was run");
const after = readdirSync(folder, { recursive: true }).length;
if (after !== before) said.faults.push(`${after - before} files were made`);
process.stdout.write(JSON.stringify(said));
process.exit();
