// `npm run fault`: the whole fault matrix against the real product. See `--list`, `--subset`, `--only=`, `--seed=`.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeReport } from "./describe-report.ts";
import { startLab } from "./lab/lab.ts";
import { killRuns } from "./lab/start-run.ts";
import { allCells } from "./matrix/all-cells.ts";
import { isWanted, readOptions, USAGE, type Options } from "./options.ts";
import { Progress } from "./progress.ts";
import { makeReport, passedIn, withAgain, type FaultReport } from "./report.ts";
import { runCells } from "./run-cells.ts";

const LINGER_MS = 5000;

const say = (line: string) => process.stderr.write(`fault: ${line}\n`);

try {
  const options = optionsOf(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await main(options);
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
// What a fault of the harness left open may not hold it.
setTimeout(() => process.exit(), LINGER_MS).unref();

/** What the call asks for; undefined when it is answered already. */
function optionsOf(argv: readonly string[]): Options | undefined {
  try {
    const options = readOptions(argv, Math.random());
    if (!options.help) return options;
    process.stdout.write(`${USAGE}\n`);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exitCode = 2;
  }
  return undefined;
}

async function main(options: Options): Promise<number> {
  const earlier = options.again === undefined ? undefined : readReport(options.again);
  const done = earlier && passedIn(earlier);
  const stop = new AbortController();
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const lab = await startLab();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    say("ending (once more: at once)");
    stop.abort();
    killRuns();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    say("running each scenario once without a fault");
    const cells = (await allCells(lab)).filter(
      ({ id, inSubset }) =>
        (!options.subset || inSubset) && isWanted(id, options.only) && done?.has(id) !== true,
    );
    if (options.list) {
      process.stdout.write(cells.map(({ id }) => `${id}\n`).join(""));
      return 0;
    }
    if (cells.length === 0) throw new Error("no cell is asked for; --list shows them");

    const { jobs } = options;
    const seed = earlier?.seed ?? options.seed;
    say(`${cells.length} cells, seed ${seed}, ${jobs} at a time`);
    const progress = new Progress(cells.length, say);
    const ran = await runCells(cells, {
      lab,
      seed,
      jobs,
      stop: stop.signal,
      onEnd: (one) => progress.end(one),
    });
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const isChosen = options.only !== undefined || earlier !== undefined;
    const kind = isChosen ? "chosen" : options.subset ? "subset" : "whole";
    const about = { kind, version: version(), commit: commit(), node: process.versions.node } as const;
    const report = makeReport({ ...about, startedAt, seconds, seed, jobs }, ran, cells.length - ran.length);
    tell(earlier === undefined ? report : withAgain(earlier, report), options);
    if (stop.signal.aborted) return 130;
    return report.failed.length === 0 ? 0 : 1;
  } finally {
    await lab.close();
  }
}

function tell(report: FaultReport, { json, report: folder }: Options): void {
  const text = describeReport(report);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${text}\n`);
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "fault-report.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, "fault-report.md"), `${text.trimEnd()}\n`);
}

function readReport(folder: string): FaultReport {
  return JSON.parse(readFileSync(join(folder, "fault-report.json"), "utf8")) as FaultReport;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
      encoding: "utf8",
    }).trim();
  } catch {
    return "unknown";
  }
}
