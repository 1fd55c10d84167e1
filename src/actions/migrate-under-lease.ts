import { restoreAdvice } from "../core/backup/restore-command.ts";
import { noDatabase } from "../core/config/no-database.ts";
import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { Problem } from "../core/errors.ts";
import { migrateExit, type MigrateReport } from "../core/migration/report.ts";
import { isSchemaLeft } from "../core/migration/schema-left.ts";
import type { Migrations } from "../ports/migrations.ts";
import { anchorTail } from "./anchor-end.ts";
import { answerOf } from "./answer-of-migration.ts";
import { backupOnRecord } from "./backup-on-record.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { lookAtDatabase } from "./look-at-database.ts";
import { migrateOnRecord } from "./migrate-on-record.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import type { StopSignals } from "./run-context.ts";
import { Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";
import { unmetExpectations } from "./unmet-expectations.ts";

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
  if (database === undefined) throw noDatabase(config.app);

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
    undone: [],
    warnings: [],
    schemaBefore,
    schemaAfter: schemaBefore,
    problems: [],
  };
  const isUp = way.target === undefined;
  if (plan.kind === "refused") return refused(report, plan.problems);
  if (isUp && plan.kind === "nothing-to-do") {
    const problems = await unmetExpectations(database, migrations);
    const outcome = problems.length > 0 ? "unmet" : plan.kind;
    return { ...report, outcome, problems, exitCode: migrateExit(outcome) };
  }

  const look = isUp ? await lookAtDatabase({ config, environment, ports }) : undefined;
  for (const note of look?.notes ?? []) steps.warn(note);
  if (look !== undefined && look.problems.length > 0) return refused(report, look.problems);

  const common = {
    type: "step",
    app: config.app,
    env: environment.name,
    deploymentId: ports.newId(),
    attempt: 1,
    fence: tenure.fence,
    actor: tenure.caller.actor,
  } as const;
  const { deploymentId } = common;
  const safe = isUp
    ? await backupOnRecord(common, { config, environment, ports, steps }, tenure.stop)
    : undefined;
  if (safe?.kind === "refused") return refused({ ...report, deploymentId }, safe.problems);

  const backup = safe?.proof;
  const pending = plan.kind === "planned" ? plan.pending : [];
  const facts = isUp ? { pending } : { direction: "down", target: way.target, applied: plan.applied };
  const says = isUp ? `${pending.length} pending in ${database.migrations}` : `${plan.applied} applied`;
  const intent = { ...facts, schema: schemaBefore };
  const run = { database, target: way.target, says, intent, schemaBefore, backup };
  const end = await migrateOnRecord(run, common, migrations, { ports, steps }, tenure);

  const isStill = end.schemaAfter === schemaBefore;
  if (end.problems.length > 0 && backup !== undefined && !isStill && !isSchemaLeft(end.problems)) {
    steps.warn(restoreAdvice(backup));
  }
  const answer = answerOf(end, isUp);
  const unkept = await anchorTail({ config, environment, ports, steps }, tenure.leave);
  for (const problem of unkept) steps.warn(notKept(problem));
  const warnings = [...answer.warnings, ...unkept.map(notKept)];
  return { ...report, ...answer, warnings, deploymentId, schemaAfter: end.schemaAfter };
}

// What ran has run, and the next checkpoint covers it; only until then nothing outside of the ledger proves it.
function notKept({ says }: Problem): string {
  return `what ran is on record, and the record is not kept outside of the ledger yet: ${says}`;
}

function refused(
  report: Omit<MigrateReport, "outcome" | "exitCode">,
  problems: MigrateReport["problems"],
): MigrateReport {
  return { ...report, outcome: "refused", problems, exitCode: migrateExit("refused") };
}
