import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { WorkerPorts } from "../actions/migrate-worker.ts";
import { SlipwayError } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";
import { WORKER_DATABASE, WORKER_LEDGER, WORKER_RUN } from "../core/worker/worker-spec.ts";
import { packageVersion } from "./run-origin.ts";

/** Everything that a worker has: two URLs and the id of its run, from its variables. Throws `WORKER_…` (exit 2). */
export async function composeWorker(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly run: string; readonly ports: WorkerPorts }> {
  const run = demanded(env, WORKER_RUN);
  const ledger = new Secret(WORKER_LEDGER, demanded(env, WORKER_LEDGER));
  const database = new Secret(WORKER_DATABASE, demanded(env, WORKER_DATABASE));
  const [{ workerBox }, { PostgresWorkedDatabase }, { systemClock }, { proofTools }] = await Promise.all([
    import("../adapters/postgres/ledger-letterbox.ts"),
    import("../adapters/postgres/worked-database.ts"),
    import("../adapters/local/system-clock.ts"),
    import("../adapters/local/proof-tools.ts"),
  ]);
  return {
    run,
    ports: {
      box: workerBox(ledger),
      clock: systemClock,
      database: new PostgresWorkedDatabase(database, run, proofTools),
      tool: packageVersion(),
      worker: `${hostname()}, process ${process.pid}, ${randomUUID().slice(0, 8)}`,
    },
  };
}

function demanded(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new SlipwayError(
    {
      code: "WORKER_NOT_TOLD",
      at: name,
      says: "is not set; a worker is started by a deployment, which tells it",
      hint: "let `slipway deploy` or `slipway migrate up` start it; see docs/decisions/where-migrations-run.md",
    },
    "usage",
  );
}
