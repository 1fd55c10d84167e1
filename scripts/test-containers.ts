// `npm run test:containers`: the suites that need a real Postgres, with that Postgres in a container. It uses the
// runtime that answers; on Debian as root it runs one of its own, with an image made of Debian's packages.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./containers/command.ts";
import { installDocker } from "./containers/debian-docker.ts";
import { buildPostgresImage } from "./containers/postgres-image.ts";
import { startDaemon } from "./containers/private-daemon.ts";
import { chooseRuntime, lookAround } from "./containers/runtime.ts";
import { postgresSuites } from "./containers/suites.ts";

const ROOT = join(import.meta.dirname, "..");
// What a shell reports for a process that SIGINT ended.
const INTERRUPTED = 130;
const SUITES_MS = 25 * 60_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = process.env["SLIPWAY_TEST_POSTGRES_IMAGE"] ?? "postgres:18";
  const runtime = chooseRuntime(await lookAround(wanted), wanted);
  switch (runtime.kind) {
    case "none":
      console.log(`test:containers: skipped, because ${runtime.because}`);
      return 0;
    case "answers":
      return await runSuites(runtime.image, process.env);
    case "private":
      return await onPrivateDaemon();
    default:
      return runtime satisfies never;
  }
}

async function onPrivateDaemon(): Promise<number> {
  await told("install Debian's docker.io", installDocker);
  const folder = await mkdtemp(join(tmpdir(), "slipway-containers-"));
  let stop = (): Promise<void> => Promise.resolve();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  try {
    const daemon = await told("start a private dockerd", () => startDaemon(join(folder, "docker")));
    stop = daemon.stop;
    const image = await told("build the Postgres image from Debian's packages", () =>
      buildPostgresImage(join(folder, "image"), daemon.host, interrupted.signal),
    );
    return await runSuites(image, { ...process.env, DOCKER_HOST: daemon.host }, interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.log("test:containers: interrupted");
    return INTERRUPTED;
  } finally {
    await told("stop dockerd and remove its folder", async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    });
  }
}

async function runSuites(image: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<number> {
  const suites = await postgresSuites(ROOT);
  if (suites.length === 0) throw new Error("no test file imports test/support/postgres.ts");
  const began = performance.now();
  const told = {
    ...env,
    SLIPWAY_TEST_POSTGRES: "containers",
    SLIPWAY_TEST_POSTGRES_IMAGE: image,
    // The reaper is one more image to pull; this script removes everything itself.
    TESTCONTAINERS_RYUK_DISABLED: "true",
  };
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const argv = [process.execPath, vitest, "run", "--root", ROOT, "--project", "real", ...suites] as const;
  const failed = await command(argv, {
    env: told,
    timeoutMs: SUITES_MS,
    show: true,
    ...(signal && { signal }),
  }).then(
    () => undefined,
    (error: unknown) => {
      signal?.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    },
  );
  const result = failed === undefined ? "passed" : "failed";
  console.log(
    `test:containers: ${suites.length} suites ${result} on ${image} in ${since(began)}: ${suites.join(", ")}`,
  );
  return failed === undefined ? 0 : 1;
}

async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.log(`test:containers: ${what}, ${since(began)}`);
  return result;
}

function since(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
