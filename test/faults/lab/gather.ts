import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CellFacts, CellRuns, End, KnownRelease, ProbeFacts } from "../oracle/facts.ts";
import type { Version } from "./app-versions.ts";
import { onDatabase, schemaOf, untouchedRows } from "./databases.ts";
import { observePlatform, type ObservedPlatform } from "./platform.ts";
import { readLedger } from "./read-ledger.ts";
import { findValues } from "./find-values.ts";
import type { World } from "./world.ts";

/** What only the cell itself knows. */
export interface CellWords {
  readonly runs: CellRuns;
  readonly target: Version;
  readonly before: Version | undefined;
  readonly mayEnd: readonly End[];
  readonly blindSince?: number | undefined;
  readonly seqBeforeAgain?: number | undefined;
  readonly probe?: ProbeFacts | undefined;
  readonly untouchedBefore: string;
  readonly schemaBefore: string;
}

const AT_REST_MS = 15_000;
const LEAVE_MS = 5000;

/** Looks at everything that a cell has left, once it is at rest. */
export async function gather(world: World, words: CellWords): Promise<CellFacts> {
  const { runs } = words;
  const platform = await platformAtRest(world);
  const ledger = await onDatabase(world.databases.ledger, readLedger);
  const database = await onDatabase(world.databases.app, async (client) => ({
    schema: await schemaOf(client),
    onTheWay: world.lab.schemas.slice(world.lab.schemas.indexOf(words.schemaBefore)),
    untouched: await untouchedRows(client),
    untouchedBefore: words.untouchedBefore,
  }));
  const outputs = world.runs.map(({ stdout, stderr }) => `${stdout}\n${stderr}`);
  const secret = new URL(world.databases.ledger).password;
  return {
    runs,
    target: known(world, words.target),
    before: words.before === undefined ? undefined : known(world, words.before),
    mayEnd: words.mayEnd,
    blindSince: words.blindSince,
    platform,
    ledger: { ...ledger, seqBeforeAgain: words.seqBeforeAgain },
    database,
    probe: words.probe,
    secretsFound: [
      ...findValues([secret], outputs.join("\n"), "the output of a run"),
      ...findValues([secret], ledger.rows.map(({ text }) => text).join("\n"), "the ledger"),
    ],
    leftBehind: await leftBehind(world),
  };
}

function known(world: World, version: Version): KnownRelease {
  const { id, components } = world.release(version);
  return { id, image: components["api"]?.image ?? "" };
}

// A deployer does not wait until the old tasks have drained.
async function platformAtRest(world: World): Promise<ObservedPlatform> {
  const deadline = performance.now() + AT_REST_MS;
  for (;;) {
    const seen = await observePlatform(world.platform, world.lab.practice);
    const isAtRest = seen.underWay === 0 && seen.taskImages.length === seen.desired;
    if (isAtRest || performance.now() > deadline) return seen;
    await sleep(50);
  }
}

async function leftBehind(world: World): Promise<string[]> {
  const deadline = performance.now() + LEAVE_MS;
  for (;;) {
    const left = [...processes(world), ...(await sessions(world)), ...readdirSync(join(world.folder, "tmp"))];
    if (left.length === 0 || performance.now() > deadline) return left.map((one) => `left behind: ${one}`);
    await sleep(100);
  }
}

/** Processes whose home is the cell's folder: the runs, and what they have started. */
function processes({ folder }: World): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`HOME=${folder}`);
      } catch {
        return false;
      }
    })
    .map((pid) => `process ${pid}`);
}

async function sessions({ databases }: World): Promise<string[]> {
  return onDatabase(databases.ledger, async (client) => {
    const names = [databases.ledger, databases.app].map((url) => new URL(url).pathname.slice(1));
    const { rows } = await client.query<{ name: string }>(
      `select application_name as name from pg_stat_activity
       where datname = any($1) and pid <> pg_backend_pid() and application_name like 'slipway%'`,
      [names],
    );
    return rows.map(({ name }) => `session of ${name}`);
  });
}
