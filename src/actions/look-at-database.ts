import { contractsTooEarly } from "../core/deployment/contract-timing.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import { tellRestored } from "../core/migration/tell-restored.ts";
import { secretName } from "../core/names.ts";
import { describeDrift, type DriftReport } from "../core/schema/drift-report.ts";
import type { Inspected, MigrationInspection } from "../ports/migration-inspection.ts";
import { migrateDrift } from "./migrate-drift.ts";
import type { RunContext } from "./run-context.ts";

/** What a look at the database says about migrating it now. */
export interface DatabaseLook {
  /** Why nothing may migrate it. */
  readonly problems: readonly Problem[];
  /** What a person should know all the same. */
  readonly notes: readonly string[];
}

/**
 * Is the schema as its last migration left it, does the database have what it had when all was good, and has the time
 * of each contract migration come? Changes nothing.
 */
export async function lookAtDatabase(
  context: Pick<RunContext, "config" | "environment" | "ports">,
): Promise<DatabaseLook> {
  const { config, environment, ports } = context;
  if (config.database === undefined) return { problems: [], notes: [] };
  const { urlSecret, migrations: folder } = config.database;
  const url = await ports.secrets.read(secretName(urlSecret, environment.name));
  const inspection = await ports.openInspection({ url, folder });
  try {
    const drift = await driftOf(context, inspection);
    const inspected = await inspection.inspect();
    const early = await earlyContracts(context, inspected);
    const good = await ports.releases.lastKnownGood(config.app, environment.name);
    const restored = tellRestored(inspected.applied, good);
    return {
      problems: [...drift.problems, ...early],
      notes: [...drift.notes, ...(restored ? [restored] : [])],
    };
  } catch (error) {
    if (error instanceof SlipwayError && error.exit === "verifyFailed") {
      return { problems: error.problems, notes: [] };
    }
    throw error;
  } finally {
    await inspection.close();
  }
}

async function driftOf(
  { config, environment }: Pick<RunContext, "config" | "environment">,
  inspection: MigrationInspection,
): Promise<DatabaseLook> {
  const policy = environment.policy.migrations.drift;
  if (policy === "ignore") return { problems: [], notes: [] };
  const report = await migrateDrift({ app: config.app, environment: environment.name }, inspection);
  if (report.problems.length > 0 && policy === "refuse") return { problems: report.problems, notes: [] };
  const [drifted] = report.problems;
  if (drifted !== undefined) return { problems: [], notes: [`the database ${drifted.says}`] };
  return { problems: [], notes: isWorthANote(report) ? [describeDrift(report)] : [] };
}

/** An empty database has nothing to compare, and nobody needs to be told. */
function isWorthANote({ verdict, migration }: DriftReport): boolean {
  return verdict !== "same" && migration !== null;
}

async function earlyContracts(
  { config, environment, ports }: Pick<RunContext, "config" | "environment" | "ports">,
  { pending, applied, now }: Inspected,
): Promise<readonly Problem[]> {
  if (!pending.some(({ up }) => up.header.phase === "contract")) return [];
  const [history, deployments] = await Promise.all([
    ports.releases.history(config.app, environment.name),
    ports.releases.deployments(config.app, environment.name, ALL),
  ]);
  const firstDeployment = deployments.at(-1)?.startedAt;
  return contractsTooEarly({ pending, applied, history, firstDeployment, now: Date.parse(now) });
}

const ALL = 100_000;
