import { setTimeout } from "node:timers/promises";
import type { Client } from "pg";
import type { Problem } from "../../core/errors.ts";

const POLL_MS = 200;

export type LockAnswer =
  | { readonly kind: "locked" }
  | { readonly kind: "held"; readonly problem: Problem }
  | { readonly kind: "stopped" };

/**
 * Takes the advisory lock `key` on this session, which must have no other work: a session that waits for a lock inside
 * the server keeps a snapshot, on which an index build waits in turn. So it asks, and asks again.
 */
export async function takeLock(
  client: Client,
  key: number,
  options: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<LockAnswer> {
  const deadline = performance.now() + options.waitMs;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(
      "select pg_try_advisory_lock($1::bigint) as locked",
      [key],
    );
    if (rows[0]?.locked === true) return { kind: "locked" };
    if (options.signal.aborted) return { kind: "stopped" };
    if (performance.now() >= deadline) return { kind: "held", problem: await heldProblem(client, key) };
    await setTimeout(POLL_MS);
  }
}

async function heldProblem(client: Client, key: number): Promise<Problem> {
  // A bigint key is kept as its upper and lower half, with objsubid 1.
  const { rows } = await client.query<{
    pid: number;
    name: string;
    role: string | null;
    since: string | null;
  }>(
    `select l.pid, a.application_name as name, a.usename as role,
            to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1
       and l.database = (select oid from pg_database where datname = current_database())
       and ((l.classid::bigint << 32) | l.objid::bigint) = $1::bigint`,
    [key],
  );
  const [holder] = rows;
  const who =
    holder === undefined
      ? "another run"
      : `${holder.name || "a session"} (pid ${holder.pid}, role ${holder.role ?? "?"}, connected since ${holder.since ?? "?"})`;
  return {
    code: "MIGRATIONS_LOCKED",
    at: "database",
    says: `${who} is migrating this database`,
    hint: "wait until it has ended and try again",
  };
}
