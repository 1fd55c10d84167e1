import { join } from "node:path";
import { Client } from "pg";
import { migrateLint } from "../../src/actions/migrate-lint.ts";
import { loadLint } from "../../src/adapters/postgres/load-lint.ts";
import { rehearseMigrations } from "../../src/adapters/postgres/rehearse-migrations.ts";
import { readSchema } from "../../src/adapters/postgres/schema-snapshot.ts";
import { runSquawk } from "../../src/adapters/squawk/run-squawk.ts";
import { Secret } from "../../src/core/secret.ts";
import { allTables, writePairs } from "../many-migrations.ts";
import { absoluteRow, median, ratioRow, type Row } from "../row.ts";
import { dumpMajor, withServer, type ScratchServer } from "../scratch-server.ts";
import { timed } from "../timed.ts";

const TABLES = 500;
/** Each has two directions. */
const LINTED = 250;
const ROUNDS = 5;

/** A description of 500 tables beside `pg_dump -s`; linting; a rehearsal. */
export function measure(): Promise<Row[]> {
  return withServer(async (server) => [
    ...(await measureSnapshot(server)),
    await measureLint(writePairs(join(server.scratch, "lint"), LINTED)),
    await measureRehearsal(server),
  ]);
}

async function measureSnapshot({ fresh }: ScratchServer): Promise<Row[]> {
  if (dumpMajor() === undefined) {
    console.error("bench: pg_dump is not here, so there is nothing to compare the snapshot with");
    return [];
  }
  const database = await fresh("tables");
  const client = new Client({ connectionString: database });
  client.on("error", () => undefined);
  await client.connect();
  await client.query(allTables(TABLES));
  const ours: number[] = [];
  const dumps: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await readSchema(client);
    ours.push(performance.now() - began);
    dumps.push(await timed(["pg_dump", "-s", "-f", "/dev/null", database]));
  }
  await client.end();
  return [ratioRow(`schema of ${TABLES} tables against pg_dump -s`, "ms", median(ours), median(dumps), 0.5)];
}

async function measureLint(folder: string): Promise<Row> {
  const began = performance.now();
  const linting = { load: () => loadLint(folder), squawk: runSquawk };
  const report = await migrateLint({ app: "bench", applied: [], major: undefined }, linting);
  const seconds = (performance.now() - began) / 1000;
  if (report.skipped.length > 0) console.error(`bench: ${report.skipped.join(", ")}`);
  return absoluteRow(`linting ${report.files} files`, "s", seconds, 2);
}

/** What a rehearsal costs beyond its statements: the database, the descriptions, the comparisons. */
async function measureRehearsal({ url, scratch }: ScratchServer): Promise<Row> {
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
