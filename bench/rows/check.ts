import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CheckConfig, Config } from "../../src/core/config/types.ts";
import { startPostgres } from "../../src/machine/postgres/server.ts";
import { copyExample } from "../../scripts/quickstart/app-versions.ts";
import { ratioRow, type Row } from "../row.ts";

const CLI = resolve(import.meta.dirname, "../../bin/slipway.mjs");

/**
 * `slipway call check` of the example app, cold and warm, beside the same commands typed by hand one after the other.
 * Cold means: an empty cache of ours, and an empty npm cache for the one typing by hand too.
 */
export async function measure(): Promise<Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  try {
    const app = join(scratch, "app");
    copyExample(app);
    const env = {
      ...process.env,
      XDG_CACHE_HOME: join(scratch, "cache"),
      SLIPWAY_HOME: join(scratch, "state"),
    };
    const call = () =>
      seconds([process.execPath, CLI, "--project", app, "call", "--engine=embedded", "check"], app, env);

    const byHand = await typedByHand(app, scratch);
    rmSync(join(app, "node_modules"), { recursive: true, force: true });
    const cold = call();
    const warm = call();
    return [
      ratioRow("cold call check against the same commands by hand", "s", cold, byHand, 1.25),
      ratioRow("warm call check against the cold one", "s", warm, cold, 0.15),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function typedByHand(app: string, scratch: string): Promise<number> {
  const config = JSON.parse(output([process.execPath, CLI, "--project", app, "config", "--json"])) as Config;
  const checks = Object.values(config.checks);
  const env: NodeJS.ProcessEnv = { ...process.env, npm_config_cache: join(scratch, "npm-cache") };

  let total = 0;
  const done = new Set<string>();
  for (const command of checks.flatMap((check) => check.setup?.run ?? [])) {
    if (done.has(JSON.stringify(command))) continue;
    done.add(JSON.stringify(command));
    total += seconds(command, app, env);
  }
  for (const check of checks) total += await checkByHand(check, app, env, scratch);
  return total;
}

/** One check by hand; its Postgres is started and stopped as a person would, and that counts. */
async function checkByHand(
  check: CheckConfig,
  app: string,
  env: NodeJS.ProcessEnv,
  scratch: string,
): Promise<number> {
  const cwd = join(app, check.workdir);
  const run = (more: NodeJS.ProcessEnv) =>
    check.run.reduce((sum, command) => sum + seconds(command, cwd, { ...env, ...check.env, ...more }), 0);
  if (check.postgres === undefined) return run({});

  const began = performance.now();
  const server = await startPostgres({ folder: join(scratch, `postgres-${performance.now()}`) });
  const started = (performance.now() - began) / 1000;
  try {
    return started + run({ DATABASE_URL: server.url, ...libpqVariables(server.url) });
  } finally {
    await server.stop();
  }
}

function libpqVariables(url: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
  };
}

function seconds(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv): number {
  const began = performance.now();
  const [command = "", ...rest] = argv;
  const { status, stdout, stderr, error } = spawnSync(command, rest, { cwd, env, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${argv.join(" ")} ended with ${status ?? error?.message}\n${stdout}${stderr}`);
  return (performance.now() - began) / 1000;
}

function output(argv: readonly string[]): string {
  const [command = "", ...rest] = argv;
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}\n${stderr}`);
  return stdout;
}
