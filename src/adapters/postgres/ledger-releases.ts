import type { DeploymentSummary, KnownGood } from "../../core/deployment/types.ts";
import type { Release } from "../../core/release/types.ts";
import type { Releases } from "../../ports/releases.ts";
import { readRecord } from "./journal-record.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

const COMMITS = `
  select deployment_id as "deploymentId", purpose, release, revisions,
         to_char(at at time zone 'UTC', ${TIME}) as at
  from slipway_ledger.commits where app = $1 and env = $2`;

const DEPLOYMENTS = `
  select id as "deploymentId", purpose, release, actor, outcome,
         to_char(started_at at time zone 'UTC', ${TIME}) as "startedAt",
         to_char(ended_at at time zone 'UTC', ${TIME}) as "endedAt"
  from slipway_ledger.deployments where app = $1 and env = $2
  order by begun_seq desc limit $3`;

/** How the entry of a step ends in a record: its text is canonical, so the order of the names is known. */
const tail = (step: string): string => `"step":"${step}","type":"step"}%`;
/** Word for word what the index `migration_trail` holds, or Postgres does not take it. */
const ON_TRAIL = `record like '%migrate","type":"step"}%'`;

// In two questions: Postgres plans the second one by the answer.
const MIGRATED = `
  select seq from slipway_ledger.records
  where app = $1 and env = $2 and ${ON_TRAIL}
    and (record like '%"outcome":"skipped","phase":"outcome",${tail("migrate")}'
      or record like '%"outcome":"done","phase":"outcome",${tail("migrate")}' and record like '%"ran":[{%')
  order by seq desc limit 1`;
const TRAIL = `
  select record from slipway_ledger.records
  where app = $1 and env = $2 and seq > $3 and ${ON_TRAIL}
    and (record like '%${tail("migrate")}' or record like '%${tail("rollback-migrate")}')
  order by seq`;

type DeploymentRow = Pick<DeploymentSummary, "deploymentId" | "purpose" | "actor" | "startedAt"> & {
  readonly release: Release;
  readonly outcome: DeploymentSummary["outcome"] | null;
  readonly endedAt: string | null;
};

/** What the ledger's tables of state say about an environment. */
export function ledgerReleases(connection: LedgerConnection): Releases {
  return {
    lastKnownGood: (app, env) =>
      connection.run(async (client) => {
        const { rows } = await client.query<KnownGood>(`${COMMITS} order by seq desc limit 1`, [app, env]);
        return rows[0];
      }),
    history: (app, env) =>
      connection.run(async (client) => {
        const { rows } = await client.query<KnownGood>(`${COMMITS} order by seq`, [app, env]);
        return rows;
      }),
    deployments: (app, env, limit) =>
      connection.run(async (client) => {
        const { rows } = await client.query<DeploymentRow>(DEPLOYMENTS, [app, env, limit]);
        return rows.map(summaryOf);
      }),
    manifestOf: (deploymentId) =>
      connection.run(async (client) => {
        const { rows } = await client.query<{ release: Release }>(
          "select release from slipway_ledger.deployments where id = $1",
          [deploymentId],
        );
        return rows[0]?.release;
      }),
    migrationTrail: (app, env) =>
      connection.run(async (client) => {
        const { rows: migrated } = await client.query<{ seq: string }>(MIGRATED, [app, env]);
        const after = migrated[0]?.seq ?? "0";
        const { rows } = await client.query<{ record: string }>(TRAIL, [app, env, after]);
        return rows.map(({ record }) => readRecord(record));
      }),
  };
}

function summaryOf({ release, outcome, endedAt, ...row }: DeploymentRow): DeploymentSummary {
  return {
    ...row,
    releaseId: release.id,
    version: release.version,
    outcome: outcome ?? undefined,
    endedAt: endedAt ?? undefined,
  };
}
