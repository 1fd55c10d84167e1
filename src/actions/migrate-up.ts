import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import { migrateExit, type MigrateOutcome, type MigrateReport } from "../core/migration/report.ts";
import { secretName } from "../core/names.ts";
import type { JournalEntry } from "../ports/journal.ts";
import type { MigrationOutcome, Migrations } from "../ports/migrations.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import type { StopSignals } from "./run-context.ts";
import { Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";

export interface MigrateRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
}

/** Applies the pending migrations of an environment's database, under its lease and on the record. */
export async function migrateUp(
  request: MigrateRequest,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<MigrateReport> {
  const { config, environment } = request;
  const { database } = config;
  if (database === undefined) throw noDatabase(config);

  const steps = new Steps(ports);
  return underLease({ config, environment, purpose: "migrate up" }, steps, ports, signals, async (tenure) => {
    const url = await ports.secrets.read(secretName(database.urlSecret, environment.name));
    const migrations = await ports.openMigrations({ url, folder: database.migrations });
    try {
      return await migrate(request, database, migrations, steps, ports, tenure);
    } finally {
      await migrations.close();
    }
  });
}

async function migrate(
  { config, environment }: MigrateRequest,
  database: DatabaseConfig,
  migrations: Migrations,
  steps: Steps,
  ports: DeploymentPorts,
  tenure: Tenure,
): Promise<MigrateReport> {
  const plan = await migrations.plan();
  const schemaBefore = await migrations.schema();
  const report = {
    app: config.app,
    environment: environment.name,
    deploymentId: null,
    ran: [],
    stayed: [],
    schemaBefore,
    schemaAfter: schemaBefore,
    problems: [],
  };
  if (plan.kind !== "planned") {
    const problems = plan.kind === "refused" ? plan.problems : [];
    return { ...report, outcome: plan.kind, problems, exitCode: migrateExit(plan.kind) };
  }

  const common = {
    type: "step",
    app: config.app,
    env: environment.name,
    deploymentId: ports.newId(),
    step: "migrate",
    attempt: 1,
    fence: tenure.fence,
    actor: tenure.caller.actor,
  } as const satisfies Partial<JournalEntry>;
  let ended: { readonly outcome: MigrationOutcome; readonly schemaAfter: string } | undefined;
  await steps.take(
    "migrate",
    `${plan.pending.length} pending in ${database.migrations}`,
    tenure.stop,
    async () => {
      const intent = { pending: plan.pending, schema: schemaBefore };
      await ports.journal.append({ ...common, phase: "intent", outcome: undefined, data: intent });
      const outcome = await migrations.apply({ fence: tenure.fence, signal: tenure.stop });
      const schemaAfter = await migrations.schema();
      ended = { outcome, schemaAfter };

      const how = outcome.kind === "applied" ? "done" : tenure.stop.aborted ? "interrupted" : "failed";
      const data = { ...outcome, schema: schemaAfter };
      await ports.journal.append({ ...common, phase: "outcome", outcome: how, data });
      if (outcome.kind === "failed") return { says: outcome.problem.says, outcome: "skipped" };
      return { says: outcome.ran.map(({ file }) => file).join(", ") };
    },
  );
  if (ended === undefined) throw new Error("the migrate step ended without an outcome");
  const { outcome, schemaAfter } = ended;
  return { ...report, ...answerOf(outcome, tenure), deploymentId: common.deploymentId, schemaAfter };
}

function answerOf(
  outcome: MigrationOutcome,
  { stop }: Tenure,
): Pick<MigrateReport, "outcome" | "ran" | "stayed" | "problems" | "exitCode"> {
  if (outcome.kind === "applied") {
    return {
      outcome: "migrated",
      ran: outcome.ran,
      stayed: [],
      problems: [],
      exitCode: migrateExit("migrated"),
    };
  }
  const how = howItFailed(outcome.problem, stop.aborted);
  return {
    outcome: how,
    ran: [],
    stayed: outcome.stayed,
    problems: [outcome.problem],
    exitCode: migrateExit(how),
  };
}

function howItFailed({ code }: Problem, stopped: boolean): MigrateOutcome {
  if (stopped) return "interrupted";
  return code === "MIGRATIONS_LOCKED" ? "busy" : "failed";
}

function noDatabase(config: Config): SlipwayError {
  return new SlipwayError(
    {
      code: "DATABASE_NONE",
      at: "database",
      says: `${config.app} has none in its config`,
      hint: "add database to the config, with the folder of its migrations",
    },
    "usage",
  );
}
