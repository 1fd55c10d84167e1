import { restoreAdvice } from "../core/backup/restore-command.ts";
import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import { migrateExit, type MigrateReport } from "../core/migration/report.ts";
import { describeMigrationEvent } from "../core/migration/run-event.ts";
import type { JournalEntry } from "../ports/journal.ts";
import type { MigrationOutcome, Migrations } from "../ports/migrations.ts";
import { answerOf } from "./answer-of-migration.ts";
import { backupOnRecord } from "./backup-on-record.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { lookAtDatabase } from "./look-at-database.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import type { StopSignals } from "./run-context.ts";
import { Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";

export interface MigrateRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
}

/** Up without a target, down with one. */
export interface MigrateWay {
  readonly purpose: "migrate up" | "migrate down";
  readonly target?: DownTarget;
}

/** Runs migrations of an environment's database, in either direction, under its lease and on the record. */
export async function migrateUnderLease(
  request: MigrateRequest,
  way: MigrateWay,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<MigrateReport> {
  const { config, environment } = request;
  const { database } = config;
  if (database === undefined) throw noDatabase(config);

  const steps = new Steps(ports);
  const { purpose } = way;
  return underLease({ config, environment, purpose }, steps, ports, signals, async (tenure) => {
    const direction = way.target === undefined ? "up" : "down";
    const migrations = await openAppMigrations(database, request, ports, direction);
    try {
      return await migrate({ ...request, database, way }, migrations, steps, ports, tenure);
    } finally {
      await migrations.close();
    }
  });
}

async function migrate(
  request: MigrateRequest & { readonly database: DatabaseConfig; readonly way: MigrateWay },
  migrations: Migrations,
  steps: Steps,
  ports: DeploymentPorts,
  tenure: Tenure,
): Promise<MigrateReport> {
  const { config, environment, database, way } = request;
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
  const isUp = way.target === undefined;
  if (plan.kind === "refused" || (isUp && plan.kind === "nothing-to-do")) {
    const problems = plan.kind === "refused" ? plan.problems : [];
    return { ...report, outcome: plan.kind, problems, exitCode: migrateExit(plan.kind) };
  }

  const look = isUp ? await lookAtDatabase({ config, environment, ports }) : undefined;
  for (const note of look?.notes ?? []) steps.warn(note);
  if (look !== undefined && look.problems.length > 0) {
    return { ...report, outcome: "refused", problems: look.problems, exitCode: migrateExit("refused") };
  }

  const common = {
    type: "step",
    app: config.app,
    env: environment.name,
    deploymentId: ports.newId(),
    attempt: 1,
    fence: tenure.fence,
    actor: tenure.caller.actor,
  } as const satisfies Partial<JournalEntry>;
  const safe = isUp
    ? await backupOnRecord(common, { config, environment, ports, steps }, tenure.stop)
    : undefined;
  if (safe?.kind === "refused") {
    const { deploymentId } = common;
    return {
      ...report,
      outcome: "refused",
      problems: safe.problems,
      deploymentId,
      exitCode: migrateExit("refused"),
    };
  }
  const pending = plan.kind === "planned" ? plan.pending : [];
  const facts = isUp ? { pending } : { direction: "down", target: way.target, applied: plan.applied };
  const says = isUp ? `${pending.length} pending in ${database.migrations}` : `${plan.applied} applied`;
  const run = {
    fence: tenure.fence,
    signal: tenure.stop,
    tell: (event: Parameters<typeof describeMigrationEvent>[0]) => {
      if (event.kind !== "ran") ports.reporter.note(describeMigrationEvent(event));
    },
  };
  let ended: { readonly outcome: MigrationOutcome; readonly schemaAfter: string } | undefined;
  await steps.take("migrate", says, tenure.stop, async () => {
    const intent = { ...facts, schema: schemaBefore };
    await ports.journal.append({
      ...common,
      step: "migrate",
      phase: "intent",
      outcome: undefined,
      data: intent,
    });
    const outcome = await (way.target === undefined
      ? migrations.apply(run)
      : migrations.revert({ ...run, target: way.target }));
    const schemaAfter = await migrations.schema();
    ended = { outcome, schemaAfter };

    const how = outcome.kind === "applied" ? "done" : tenure.stop.aborted ? "interrupted" : "failed";
    const data = { ...outcome, ...(isUp ? {} : { direction: "down" }), schema: schemaAfter };
    await ports.journal.append({ ...common, step: "migrate", phase: "outcome", outcome: how, data });
    if (outcome.kind === "failed") return { says: outcome.problem.says, outcome: "skipped" };
    return { says: outcome.ran.map(({ file }) => file).join(", ") };
  });
  if (ended === undefined) throw new Error("the migrate step ended without an outcome");
  const { outcome, schemaAfter } = ended;
  if (outcome.kind === "failed" && safe?.proof !== undefined && schemaAfter !== schemaBefore) {
    steps.warn(restoreAdvice(safe.proof));
  }
  return { ...report, ...answerOf(outcome, tenure, isUp), deploymentId: common.deploymentId, schemaAfter };
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
