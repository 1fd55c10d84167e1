import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { resolve } from "node:path";
import { onTestFinished } from "vitest";
import { canonicalSha256 } from "../../../src/adapters/local/canonical-sha256.ts";
import { systemClock } from "../../../src/adapters/local/system-clock.ts";
import { carryMigrations } from "../../../src/adapters/postgres/carry-migrations.ts";
import { callerBox } from "../../../src/adapters/postgres/ledger-letterbox.ts";
import { openLedger } from "../../../src/adapters/postgres/open-ledger.ts";
import { remoteInspection } from "../../../src/adapters/remote/remote-inspection.ts";
import { remoteMigrations } from "../../../src/adapters/remote/remote-migrations.ts";
import { remoteSeeds } from "../../../src/adapters/remote/remote-seeds.ts";
import { RemoteWorker } from "../../../src/adapters/remote/remote-worker.ts";
import { packageVersion } from "../../../src/cli/run-origin.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { OpenInspection } from "../../../src/ports/migration-inspection.ts";
import type { OpenMigrations } from "../../../src/ports/migrations.ts";
import type { WorkerTasks } from "../../../src/ports/worker-tasks.ts";

const CLI = resolve(import.meta.dirname, "../../../bin/slipway.mjs");

/** Workers as processes of this machine, with the CLI's own `migrate worker`. */
export class ProcessTasks implements WorkerTasks {
  readonly place = "a process";
  /** In the order of their start, with what they have told. */
  readonly started: { readonly run: string; readonly child: ChildProcess; story: string }[] = [];
  readonly stopped: string[] = [];
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  start(run: string): Promise<string> {
    const env = { ...this.#env, SLIPWAY_WORKER_RUN: run };
    const child = spawn(process.execPath, [CLI, "migrate", "worker"], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const started = { run, child, story: "" };
    child.stderr.on("data", (text: Buffer) => (started.story += text.toString()));
    this.started.push(started);
    return Promise.resolve(String(this.started.length - 1));
  }

  state(worker: string) {
    const child = this.started[Number(worker)]?.child;
    const because = child?.signalCode ?? (child?.exitCode === null ? null : `exit code ${child?.exitCode}`);
    return Promise.resolve(
      because === null ? ({ kind: "running" } as const) : ({ kind: "stopped", because } as const),
    );
  }

  stop(worker: string, because: string): Promise<void> {
    this.stopped.push(because);
    this.started[Number(worker)]?.child.kill("SIGTERM");
    return Promise.resolve();
  }

  /** Kills what is left. */
  async end(): Promise<void> {
    for (const { child } of this.started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
}

/** A deployment's side of a worker, with a lease of its own in the ledger; closed after the test. */
export async function aWorker(
  url: string,
  options: { readonly tasks?: (env: NodeJS.ProcessEnv) => WorkerTasks; readonly databaseUrl?: string } = {},
) {
  const ledger = await openLedger(new Secret("ledger-url", url));
  const answer = await ledger.leases.take({
    app: "diary",
    env: "local",
    holder: `test ${randomUUID()}`,
    purpose: "a test",
    lifetimeSeconds: 600,
  });
  if (answer.kind !== "taken") throw new Error("the lease is held");
  const env = {
    PATH: process.env["PATH"],
    SLIPWAY_LEDGER_URL: url,
    SLIPWAY_DATABASE_URL: options.databaseUrl ?? url,
  };
  const processes = new ProcessTasks(env);
  const stop = new AbortController();
  const worker = new RemoteWorker(
    {
      app: "diary",
      env: "local",
      box: callerBox(new Secret("ledger-url", url)),
      tasks: options.tasks?.(env) ?? processes,
      clock: systemClock,
      tool: packageVersion(),
      newRun: randomUUID,
      note: () => undefined,
      stop: stop.signal,
    },
    { read: carryMigrations, hashOf: canonicalSha256 },
  );
  onTestFinished(async () => {
    await worker.end();
    await processes.end();
    await ledger.close();
  });
  const openMigrations: OpenMigrations = remoteMigrations(worker);
  const openInspection: OpenInspection = remoteInspection(worker);
  const openSeeds = remoteSeeds(worker);
  const { lease } = answer;
  return { worker, processes, openMigrations, openInspection, openSeeds, ledger, lease, stop };
}

/** What the caller gives the adapters, which the worker is to know and not they. */
export const NOWHERE = new Secret("migrate-url", "postgresql://nobody@127.0.0.1:1/nothing");
