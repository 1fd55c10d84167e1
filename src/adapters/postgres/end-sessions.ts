import { setTimeout } from "node:timers/promises";
import { SlipwayError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { connect } from "./connect.ts";

const AGAIN_MS = 100;
const GONE_MS = 20_000;
const STATEMENT_MS = 10_000;

/**
 * Ends the sessions whose application's name begins so, and resolves when the server has none of them: what they had not
 * committed is undone then. Throws `DATABASE_…` (exit 11).
 */
export async function endSessions(url: Secret, name: string, withinMs = GONE_MS): Promise<void> {
  const { client, address } = await connect(url, {
    use: "DATABASE",
    applicationName: "slipway migrate, settles",
    statementTimeoutMs: STATEMENT_MS,
    lockTimeoutMs: STATEMENT_MS,
  });
  try {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where starts_with(application_name, $1) and pid <> pg_backend_pid() and datname = current_database()`,
        [name],
      );
      if (rowCount === 0) return;
      if (performance.now() > deadline) break;
      await setTimeout(AGAIN_MS);
    }
  } finally {
    await client.end();
  }
  throw new SlipwayError(
    {
      code: "DATABASE_SESSIONS_STAY",
      at: address.text,
      says: `a session of a lost worker does not end: ${name}`,
      hint: "pg_stat_activity shows it; end it with pg_terminate_backend and run the same command again",
    },
    "verifyFailed",
  );
}
