import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { migrateLint } from "../../src/actions/migrate-lint.ts";
import { loadLint } from "../../src/adapters/postgres/load-lint.ts";
import { rehearseMigrations } from "../../src/adapters/postgres/rehearse-migrations.ts";
import { readSchema } from "../../src/adapters/postgres/schema-snapshot.ts";
import { runSquawk } from "../../src/adapters/squawk/run-squawk.ts";
import { Secret } from "../../src/core/secret.ts";
import { startPostgres } from "../../src/machine/postgres/server.ts";
import { absoluteRow, median, ratioRow, type Row } from "../row.ts";

const MIGRATIONS = 500;
const ROUNDS = 5;
const ROOT = resolve(import.meta.dirname, "../..");

/**
 * 500 migrations of one table each, as a process of Slipway, as one of psql with a transaction and a history row for
 * each, and as node-pg-migrate's own CLI; a description of the 500 tables beside `pg_dump -s`; linting; a rehearsal.
 */
export async function measure(): Promise<Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  // pg_dump refuses a newer server.
  const major = dumpMajor();
  const server = await startPostgres({
    folder: join(scratch, "postgres"),
    ...(major !== undefined && { major }),
  });
  try {
    const folder = writePairs(join(scratch, "pairs"), MIGRATIONS);
    return [
      ...(await measureUp(server.url, scratch, folder)),
      ...(await measureSnapshot(server.url)),
      await measureLint(writePairs(join(scratch, "lint"), MIGRATIONS / 2)),
      await measureRehearsal(server.url, scratch),
    ];
  } finally {
    await server.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measureUp(url: string, scratch: string, folder: string): Promise<Row[]> {
  const script = join(scratch, "all.sql");
  writeFileSync(script, psqlScript());
  const single = writeSingles(join(scratch, "singles"));
  const cli = join(ROOT, "node_modules/node-pg-migrate/bin/node-pg-migrate.js");
  const hasPsql = spawnSync("psql", ["--version"]).status === 0;
  if (!hasPsql) console.error("bench: psql is not here, so there is nothing to compare migrations with");

  const took: Record<"slipway" | "psql" | "cli", number[]> = { slipway: [], psql: [], cli: [] };
  // Round by round, so that whatever else the machine does hits all three alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = (name: string) => freshDatabase(url, `${name}_${round}`);
    const node = process.execPath;
    took.slipway.push(timed([node, join(ROOT, "bench/migrate-up.ts"), folder], await fresh("slipway")));
    took.cli.push(
      timed([node, cli, "up", "--no-single-transaction", "--migrations-dir", single], await fresh("cli")),
    );
    if (!hasPsql) continue;
    const database = await fresh("psql");
    took.psql.push(timed(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", script, database], database));
  }
  const ours = median(took.slipway);
  const rows = [
    ratioRow("500 migrations against node-pg-migrate, a transaction each", "ms", ours, median(took.cli), 1),
  ];
  if (!hasPsql) return rows;
  const name = "500 migrations against psql, a transaction each";
  return [ratioRow(name, "ms", ours, median(took.psql), 1.25), ...rows];
}

async function measureSnapshot(url: string): Promise<Row[]> {
  const database = withDatabase(url, "slipway_0");
  if (dumpMajor() === undefined) {
    console.error("bench: pg_dump is not here, so there is nothing to compare the snapshot with");
    return [];
  }
  const client = new Client({ connectionString: database });
  client.on("error", () => undefined);
  await client.connect();
  const ours: number[] = [];
  const dumps: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await readSchema(client);
    ours.push(performance.now() - began);
    dumps.push(timed(["pg_dump", "-s", "-f", "/dev/null", database], database));
  }
  await client.end();
  return [ratioRow("schema of 500 tables against pg_dump -s", "ms", median(ours), median(dumps), 0.5)];
}

async function measureLint(folder: string): Promise<Row> {
  const began = performance.now();
  const linting = { load: () => loadLint(folder), squawk: runSquawk };
  const report = await migrateLint({ app: "bench", applied: [], major: undefined }, linting);
  const seconds = (performance.now() - began) / 1000;
  if (report.skipped.length > 0) console.error(`bench: ${report.skipped.join(", ")}`);
  return absoluteRow(`linting ${report.files} files`, "s", seconds, 2);
}

function dumpMajor(): number | undefined {
  const { status, stdout } = spawnSync("pg_dump", ["--version"], { encoding: "utf8" });
  const [, major] = /\s(\d+)\./.exec(stdout ?? "") ?? [];
  return status === 0 && major !== undefined ? Number(major) : undefined;
}

/** What a rehearsal costs beyond its statements: the database, the descriptions, the comparisons. */
async function measureRehearsal(url: string, scratch: string): Promise<Row> {
  const folder = writePairs(join(scratch, "one"), 1);
  const place = { server: new Secret("url", url), folder, rowsFolder: join(scratch, "none") };
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const request = { applied: [], roundTrip: true, signal: new AbortController().signal };
    const { rehearsals } = await rehearseMigrations(place, request);
    const [one] = rehearsals;
    if (one?.passed !== true) throw new Error("the rehearsal failed");
    const statements = one.up.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const { down, again } = one.seconds;
    samples.push((performance.now() - began - statements) / 1000 - (down ?? 0) - (again ?? 0));
  }
  return absoluteRow("rehearsal of one migration beyond its statements", "s", median(samples), 1);
}

function writePairs(folder: string, count: number): string {
  mkdirSync(folder);
  for (let number = 1; number <= count; number += 1) {
    const id = idOf(number);
    writeFileSync(join(folder, `${id}.up.sql`), `${tableOf(number)}\n`);
    writeFileSync(join(folder, `${id}.down.sql`), `drop table t${number};\n`);
  }
  return folder;
}

function writeSingles(folder: string): string {
  mkdirSync(folder);
  for (let number = 1; number <= MIGRATIONS; number += 1) {
    const text = `-- Up Migration\n${tableOf(number)}\n-- Down Migration\ndrop table t${number};\n`;
    writeFileSync(join(folder, `${idOf(number)}.sql`), text);
  }
  return folder;
}

function psqlScript(): string {
  const history =
    "create table history (id serial primary key, name text not null, run_on timestamp not null);";
  const each = Array.from(
    { length: MIGRATIONS },
    (_, index) =>
      `begin;\n${tableOf(index + 1)}\ninsert into history (name, run_on) values ('${idOf(index + 1)}', now());\ncommit;`,
  );
  return [history, ...each].join("\n");
}

function idOf(number: number): string {
  return `${String(number).padStart(4, "0")}_t`;
}

function tableOf(number: number): string {
  return `create table t${number} (id bigint primary key, note text);`;
}

async function freshDatabase(url: string, name: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return withDatabase(url, name);
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function timed(argv: readonly string[], database: string): number {
  const [command = "", ...rest] = argv;
  const began = performance.now();
  const env = { ...process.env, DATABASE_URL: database };
  const { status, stderr, stdout } = spawnSync(command, rest, { cwd: tmpdir(), env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout}${stderr}`);
  return performance.now() - began;
}
