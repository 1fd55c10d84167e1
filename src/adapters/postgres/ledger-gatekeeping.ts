import type { QueryResultRow } from "pg";
import type { Approval, Hold, ReviewDue } from "../../core/acts/types.ts";
import type { Mutation } from "../../core/gates/types.ts";
import type { Gatekeeping } from "../../ports/gatekeeping.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

/** Milliseconds since 1970. The driver gives bigint as text; 2^53 ms are far away. */
const instant = (time: string): string => `floor(extract(epoch from ${time}) * 1000)::double precision`;

const APPROVALS = `
  select approval, ${instant("approved_at")} as at, ${instant("expires_at")} as "expiresAt", used_by as "usedBy"
  from slipway_ledger.approvals
  where app = $1 and env = $2 and release_sha256 = $3 and revoked_at is null
  order by approved_at desc, id`;

const HOLDS = `
  select id, reason, held_by as by, ${instant("held_at")} as at
  from slipway_ledger.holds where app = $1 and env = $2 and released_at is null
  order by held_at, id`;

const REVIEWS = `
  select id, deployment_id as "deploymentId", because, due_by as by, ${instant("due_at")} as at
  from slipway_ledger.reviews where app = $1 and env = $2 and closed_at is null
  order by due_at, id`;

const MUTATIONS = `
  select id as "deploymentId", ${instant("mutated_at")} as at
  from slipway_ledger.deployments
  where app = $1 and env = $2 and mutated_at >= to_timestamp($3::double precision / 1000)
  order by mutated_at desc, id`;

interface ApprovalRow {
  readonly approval: Omit<Approval, "at" | "expiresAt" | "revoked" | "usedBy">;
  readonly at: number;
  readonly expiresAt: number;
  readonly usedBy: string | null;
}

/** What the ledger's tables say to the gates. */
export function ledgerGatekeeping(connection: LedgerConnection): Gatekeeping {
  const rowsOf = <T extends QueryResultRow>(query: string, values: unknown[]): Promise<readonly T[]> =>
    connection.run(async (client) => (await client.query<T>(query, values)).rows);

  return {
    now: async () => {
      const [row] = await rowsOf<{ now: number }>(`select ${instant("clock_timestamp()")} as now`, []);
      if (row === undefined) throw new Error("the ledger does not tell the time");
      return row.now;
    },
    approvals: async (app, env, releaseSha256) =>
      (await rowsOf<ApprovalRow>(APPROVALS, [app, env, releaseSha256])).map(approvalOf),
    holds: (app, env) => rowsOf<Hold>(HOLDS, [app, env]),
    reviews: (app, env) => rowsOf<ReviewDue>(REVIEWS, [app, env]),
    mutations: (app, env, since) => rowsOf<Mutation>(MUTATIONS, [app, env, since]),
  };
}

function approvalOf({ approval, at, expiresAt, usedBy }: ApprovalRow): Approval {
  const { identity } = approval;
  return {
    ...approval,
    // What is not known is left out of the stored JSON.
    identity: { ...identity, shownName: identity.shownName, authTime: identity.authTime },
    at,
    expiresAt,
    revoked: false,
    usedBy: usedBy ?? undefined,
  };
}
