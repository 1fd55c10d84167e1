import { SlipwayError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { CallerBox, Letter, WorkerBox } from "../../ports/letterbox.ts";
import { codeOf } from "./connect-problem.ts";
import { LedgerConnection, type LedgerPatience } from "./ledger-connection.ts";

/** The letterbox in the ledger's database (migrations/0010), for the side that deploys. */
export function callerBox(url: Secret): CallerBox {
  const connection = new LedgerConnection(url, `slipway asks its worker, process ${process.pid}`);
  return {
    begin: (run, app, env) =>
      connection.run(async (client) => {
        await client.query("select slipway_ledger.begin_worker_run($1, $2, $3)", [run, app, env]);
      }),
    post: async (run, { number, body }, fence) => {
      try {
        await connection.run(async (client) => {
          await client.query("select slipway_ledger.post_request($1, $2, $3, $4)", [
            run,
            number,
            fence,
            body,
          ]);
        });
      } catch (error) {
        throw refusal(error, fence) ?? error;
      }
    },
    look: (run, after) =>
      connection.run(async (client) => {
        const { rows } = await client.query<{
          worker: string | null;
          silent_seconds: number | null;
          letters: readonly Letter[];
        }>("select worker, silent_seconds, letters from slipway_ledger.look_for_answers($1, $2)", [
          run,
          after,
        ]);
        const [row] = rows;
        if (row === undefined) throw gone(run);
        const { worker, silent_seconds: silent, letters } = row;
        return { worker: worker ?? undefined, workerSilentMs: (silent ?? 0) * 1000, letters };
      }),
    end: (run) =>
      connection.run(async (client) => {
        await client.query("select slipway_ledger.end_worker_run($1)", [run]);
      }),
    close: () => connection.close(),
  };
}

/** A worker that cannot look in time ends what it does, so it does not wait for a ledger that is slow. */
const WORKER_PATIENCE: LedgerPatience = { statementMs: 3000, comeBackMs: 6000 };

/** The same for the worker. Needs no more than the role slipway_worker. */
export function workerBox(url: Secret): WorkerBox {
  const looking = new LedgerConnection(url, `slipway worker, process ${process.pid}`, WORKER_PATIENCE);
  // A long answer must not keep the worker from looking.
  const writing = new LedgerConnection(url, `slipway worker answers, process ${process.pid}`);
  return {
    claim: (run, worker) =>
      looking.run(async (client) => {
        const { rows } = await client.query<{ app: string; env: string }>(
          "select app, env from slipway_ledger.claim_worker_run($1, $2)",
          [run, worker],
        );
        return rows[0];
      }),
    look: (run, worker, after, fence) =>
      looking.run(async (client) => {
        const { rows } = await client.query<{
          ended: boolean;
          silent_seconds: number;
          lease_seconds: number | null;
          letters: readonly Letter[];
        }>(
          `select ended, silent_seconds, lease_seconds, letters
           from slipway_ledger.look_for_requests($1, $2, $3, $4)`,
          [run, worker, after, fence ?? null],
        );
        const [row] = rows;
        if (row === undefined) return undefined;
        const lease = row.lease_seconds;
        return {
          ended: row.ended,
          callerSilentMs: row.silent_seconds * 1000,
          leaseMs: lease === null ? undefined : lease * 1000,
          letters: row.letters,
        };
      }),
    post: (run, worker, { number, body }) =>
      writing.run(async (client) => {
        const { rows } = await client.query<{ posted: boolean }>(
          "select slipway_ledger.post_answer($1, $2, $3, $4) as posted",
          [run, worker, number, body],
        );
        return rows[0]?.posted === true;
      }),
    close: async () => {
      await Promise.all([looking.close(), writing.close()]);
    },
  };
}

function refusal(error: unknown, fence: number | null): SlipwayError | undefined {
  const says = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case "SL001":
      return new SlipwayError(
        {
          code: "LEASE_LOST",
          at: "slipway_ledger",
          says: `the lease with fence ${fence} was taken over or given back; nothing more is changed`,
          hint: "run `slipway status` to see who holds the environment, then run the command again",
        },
        "leaseHeld",
        { cause: error },
      );
    case "SL010":
      return new SlipwayError(
        { code: "WORKER_RUN_ENDED", at: "slipway_ledger", says, hint: "run the same command again" },
        "verifyFailed",
        { cause: error },
      );
    default:
      return undefined;
  }
}

function gone(run: string): SlipwayError {
  return new SlipwayError(
    {
      code: "WORKER_RUN_ENDED",
      at: "slipway_ledger",
      says: `the run ${run} of a worker is not there any more`,
      hint: "run the same command again",
    },
    "verifyFailed",
  );
}
