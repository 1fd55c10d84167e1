import { dag, type Container, type Directory } from "@dagger.io/dagger";
import type { AppCheck } from "./app-config.js";
import { checkFailed, isFailedExec, wrongCall } from "./failures.js";
import { withPostgres } from "./postgres.js";
import { tell } from "./story.js";
import { withNpmCache } from "./toolbox.js";

/** Checks with equal setups and different limits must still share the setup, so it has a limit of its own. */
const SETUP_TIMEOUT_SECONDS = 900;

/** What GNU and BusyBox `timeout` end with when the time is over; 137 when the command had to be killed. */
const TIMED_OUT = [124, 137];

type Checks = Readonly<Record<string, AppCheck>>;

/** Runs one declared check. Fails in one sentence; the error carries the command's exit code and output. */
export async function runCheck(source: Directory, checks: Checks, name: string): Promise<string> {
  const check = checks[name];
  if (check === undefined) throw wrongCall(noSuchCheck(name, Object.keys(checks)));

  tell(`check ${name}: started: ${check.run.at(-1)?.join(" ") ?? ""}`);
  const began = performance.now();
  const took = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  try {
    await recipe(source, check, name).sync();
    tell(`check ${name}: ok, ${took()}`);
    return `${name}: ok`;
  } catch (error) {
    tell(`check ${name}: failed, ${took()}`);
    throw checkFailed(`${name}: ${reason(error, check)}`, error);
  }
}

/** Runs all declared checks side by side. One that fails does not hide the others; the failures are told together. */
export async function runAllChecks(source: Directory, checks: Checks): Promise<string> {
  const names = Object.keys(checks);
  if (names.length === 0) throw wrongCall("the config declares no checks");

  const results = await Promise.allSettled(names.map((name) => runCheck(source, checks, name)));

  const failed = results
    .filter((result) => result.status === "rejected")
    .map(({ reason }) => String(reason.message));
  if (failed.length > 0) throw checkFailed(failed.join("\n"));
  return names.map((name) => `${name}: ok`).join("\n");
}

/** Everything a check runs, as a graph. Equal beginnings are run once, so what differs comes as late as it can. */
export function recipe(source: Directory, check: AppCheck, name: string): Container {
  let container = withNpmCache(dag.container().from(check.image)).withWorkdir(folder(check.workdir));
  if (check.setup !== undefined) {
    container = container.withDirectory("/app", source.filter({ include: [...check.setup.files] }));
    for (const argv of check.setup.run) container = container.withExec(limited(SETUP_TIMEOUT_SECONDS, argv));
  }

  container = container.withDirectory("/app", source);
  if (check.postgres !== undefined) container = withPostgres(container, check.postgres, name);
  for (const [variable, value] of Object.entries(check.env))
    container = container.withEnvVariable(variable, value);
  for (const argv of check.run) container = container.withExec(limited(check.timeoutSeconds, argv));
  return container;
}

function folder(workdir: string): string {
  return workdir === "." ? "/app" : `/app/${workdir}`;
}

function limited(seconds: number, argv: readonly string[]): string[] {
  return ["timeout", "-k", "5", String(seconds), ...argv];
}

function reason(error: unknown, check: AppCheck): string {
  if (!isFailedExec(error)) return error instanceof Error ? error.message : String(error);
  const command = (error.cmd ?? []).slice(limited(0, []).length).join(" ");
  if (TIMED_OUT.includes(error.exitCode))
    return `"${command}" took longer than ${check.timeoutSeconds} s and was ended`;
  return `"${command}" ended with exit code ${error.exitCode}`;
}

function noSuchCheck(name: string, there: readonly string[]): string {
  const list = there.length === 0 ? "it declares none" : `it declares ${there.join(", ")}`;
  return `the config declares no check named "${name}"; ${list}`;
}
