import { setTimeout } from "node:timers/promises";
import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";

const ASK_AGAIN_MS = 100;
const ASK_MS = 10_000;

/** Whether a transaction whose commit was sent was kept: the server knows. Throws `SEED_OUTCOME_UNKNOWN` (exit 41). */
export async function wasKept(transaction: string, connected: () => Promise<Client>): Promise<boolean> {
  const deadline = performance.now() + ASK_MS;
  for (;;) {
    const status = await statusOf(transaction, connected);
    if (status === "committed" || status === "aborted") return status === "committed";
    if (performance.now() >= deadline) throw unknownOutcome(new Error(`the transaction is ${status}`));
    await setTimeout(ASK_AGAIN_MS);
  }
}

async function statusOf(transaction: string, connected: () => Promise<Client>): Promise<string> {
  try {
    const client = await connected();
    const { rows } = await client.query<{ status: string | null }>(
      "select pg_xact_status($1::text::xid8) as status",
      [transaction],
    );
    return rows[0]?.status ?? "unknown";
  } catch (error) {
    throw unknownOutcome(error);
  }
}

function unknownOutcome(cause: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "SEED_OUTCOME_UNKNOWN",
      at: "database",
      says: "the connection was lost at the commit, and the database cannot be asked whether the seeds were kept",
      hint: "run the same command again when the database answers; what is there already is not written twice",
    },
    "outcomeUnknown",
    { cause },
  );
}
