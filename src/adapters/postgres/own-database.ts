import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { WalkLeg } from "../../core/rehearsal/walk-report.ts";
import { nameOwner, OWNER } from "../../core/schema/name-owner.ts";
import type { MigrationInspection } from "../../ports/migration-inspection.ts";
import type { MigrationOutcome, Migrations } from "../../ports/migrations.ts";
import type { OwnDatabase } from "../../ports/own-database.ts";
import { canonicalHash } from "./canonical-hash.ts";
import { readMigrations } from "./migration-folder.ts";
import { openInspection } from "./open-inspection.ts";
import { openMigrations } from "./open-migrations.ts";
import { readRehearsalRows } from "./rehearsal-rows.ts";
import type { RehearsalPlace } from "./rehearse-migrations.ts";
import { openScratchDatabase, type ScratchDatabase } from "./scratch-database.ts";

/** Nobody else has the database, so there is no lease to be counted. */
const FENCE = 1;

/**
 * Makes a database for the app's migrations, which run there as in an environment, as its owner. Throws what is wrong with
 * the files (exit 2).
 */
export async function openOwnDatabase({ server, folder, rowsFolder }: RehearsalPlace): Promise<OwnDatabase> {
  const { migrations, problems } = await readMigrations(folder);
  if (problems.length > 0) throw new SlipwayError(problems, "usage");
  const rows = await readRehearsalRows(rowsFolder);

  const { scratch, drop } = await openScratchDatabase(server);
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const one of opened) await one.close();
    await drop();
  };
  try {
    const { owner, observer } = scratch;
    await rows.first(observer);
    const runner = await openMigrations({ url: scratch.ownerUrl, folder });
    opened.push(runner);
    const inspection = await openInspection({ url: scratch.adminUrl, folder });
    opened.push(inspection);
    const postgres = await versionOf(scratch);
    const leg = (direction: "up" | "down", go: () => Promise<Ran>) =>
      walked(inspection, owner, direction, go);

    return {
      migrations,
      postgres,
      up: (to, signal) => leg("up", () => goUp(runner, inspection, { rows, scratch, to, signal })),
      down: (target, signal) =>
        leg("down", async () => ranOf(await runner.revert({ target, fence: FENCE, signal }))),
      inspection: {
        ...inspection,
        schema: () => schemaOf(inspection, owner),
        origin: async () => ({ owner: OWNER, postgres }),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ran = Pick<WalkLeg, "ran" | "problem">;

interface Way {
  readonly rows: Awaited<ReturnType<typeof readRehearsalRows>>;
  readonly scratch: ScratchDatabase;
  readonly to: string | undefined;
  readonly signal: AbortSignal;
}

/** Up to each migration that rows follow, so that a later one finds them, and then to the end. */
async function goUp(runner: Migrations, looks: MigrationInspection, way: Way): Promise<Ran> {
  const { pending } = await looks.inspect();
  const last = way.to === undefined ? pending.length - 1 : pending.findIndex(({ id }) => id === way.to);
  const wanted = pending.slice(0, last + 1).map(({ id }) => id);

  const ran: WalkLeg["ran"][number][] = [];
  for (const to of wanted.filter((id) => way.rows.follow(id) || id === wanted.at(-1))) {
    const leg = ranOf(await runner.apply({ to, fence: FENCE, signal: way.signal }));
    ran.push(...leg.ran);
    if (leg.problem !== undefined) return { ran, problem: leg.problem };
    await way.rows.after(way.scratch.observer, to);
  }
  return { ran, problem: undefined };
}

async function walked(
  looks: MigrationInspection,
  owner: string,
  direction: "up" | "down",
  go: () => Promise<Ran>,
): Promise<WalkLeg> {
  const from = await schemaOf(looks, owner);
  const { ran, problem } = await go();
  return { direction, ran, from, to: await schemaOf(looks, owner), problem };
}

function ranOf(outcome: MigrationOutcome): Ran {
  if (outcome.kind === "applied") return { ran: outcome.ran, problem: undefined };
  const problem: Problem = outcome.problem;
  return { ran: outcome.stayed.map((file) => ({ file, seconds: 0 })), problem };
}

async function schemaOf(looks: MigrationInspection, owner: string) {
  const snapshot = nameOwner((await looks.schema()).snapshot, owner);
  return { sha256: canonicalHash(snapshot), snapshot };
}

async function versionOf({ observer }: ScratchDatabase): Promise<string> {
  const { rows } = await observer.query<{ version: string }>(
    "select split_part(current_setting('server_version'), ' ', 1) as version",
  );
  return rows[0]?.version ?? "";
}
