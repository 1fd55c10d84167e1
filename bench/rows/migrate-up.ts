import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { psqlScript, writePairs, writeSingles } from "../many-migrations.ts";
import { practiceApps } from "../practice-app.ts";
import { median, ratioRow, type Row } from "../row.ts";
import { withServer, type ScratchServer } from "../scratch-server.ts";
import { timed } from "../timed.ts";

const MIGRATIONS = 500;
const ROUNDS = 5;
const ROOT = resolve(import.meta.dirname, "../..");
const SLIPWAY = join(ROOT, "bin/slipway.mjs");
const NODE_PG_MIGRATE = join(ROOT, "node_modules/node-pg-migrate/bin/node-pg-migrate.js");

/**
 * 500 migrations of one table each by `slipway migrate up`, with lease, records, snapshots and checks, beside psql with a
 * transaction and a history row for each, and node-pg-migrate's own CLI.
 */
export function measure(): Promise<Row[]> {
  return withServer(measureUp);
}

async function measureUp({ scratch, fresh }: ScratchServer): Promise<Row[]> {
  const script = join(scratch, "all.sql");
  writeFileSync(script, psqlScript(MIGRATIONS));
  const singles = writeSingles(join(scratch, "singles"), MIGRATIONS);
  const hasPsql = spawnSync("psql", ["--version"]).status === 0;
  if (!hasPsql) console.error("bench: psql is not here, so there is nothing to compare migrations with");
  const apps = await practiceApps(scratch, await fresh("ledger"));

  const took: Record<"slipway" | "psql" | "cli", number[]> = { slipway: [], psql: [], cli: [] };
  try {
    // Round by round, so that whatever else the machine does hits all three alike.
    for (let round = 0; round < ROUNDS; round += 1) {
      const app = await apps.add(`bench-${round}`, "migrations", await fresh(`slipway_${round}`));
      writePairs(join(app, "migrations"), MIGRATIONS);
      const words = ["migrate", "up", "--env=local", `--project=${app}`, "--json"];
      took.slipway.push(await timed([process.execPath, SLIPWAY, ...words], apps.env));

      const cli = ["up", "--no-single-transaction", "--migrations-dir", singles];
      const env = { ...process.env, DATABASE_URL: await fresh(`cli_${round}`) };
      took.cli.push(await timed([process.execPath, NODE_PG_MIGRATE, ...cli], env));
      if (!hasPsql) continue;
      const database = await fresh(`psql_${round}`);
      took.psql.push(await timed(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", script, database]));
    }
  } finally {
    await apps.close();
  }
  const name = `${MIGRATIONS} migrations by migrate up, against`;
  const ours = median(took.slipway);
  const rows = [ratioRow(`${name} node-pg-migrate, a transaction each`, "ms", ours, median(took.cli), 1)];
  if (!hasPsql) return rows;
  return [ratioRow(`${name} psql, a transaction each`, "ms", ours, median(took.psql), 1.25), ...rows];
}
