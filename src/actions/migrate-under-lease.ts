import { restoreAdvice } from "../core/backup/restore-command.ts";
import { noDatabase } from "../core/config/no-database.ts";
import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { tellMigrationsLeft } from "../core/deployment/migrations-left.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
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
import { readMigrationsLeft } from "./read-migrations-left.ts";
import { recordAllRan } from "./record-all-ran.ts";
import type { StopSignals } from "./run-context.ts";
import { commonEntry } from "./step-on-record.ts";
import { Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";
import { unmetExpectations } from "./unmet-expectations.ts";
import { whatStays } from "./what-stays.ts";

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
  const left = await readMigrationsLeft(request, ports);
  for (const note of tellMigrationsLeft(left)) steps.warn(note);
  if (plan.kind === "refused") return refused(report, plan.problems);
  const common = commonEntry({ config, environment, ports }, tenure);
  if (isUp && plan.kind === "nothing-to-do") {
    const isRecorded = await recordAllRan(left, schemaBefore, common, { ports, steps }, tenure);
    const problems = await unmetExpectations(database, migrations);
    const outcome = problems.length > 0 ? "unmet" : plan.kind;
    const answer: MigrateReport = { ...report, outcome, problems, exitCode: migrateExit(outcome) };
    if (!isRecorded) return answer;
    const warnings = await keepOutside({ config, environment, ports, steps }, tenure);
    return { ...answer, warnings, deploymentId: common.deploymentId };
  }

  const look = isUp ? await lookAtDatabase({ config, environment, ports }) : undefined;
  for (const note of look?.notes ?? []) steps.warn(note);
  if (look !== undefined && look.problems.length > 0) return refused(report, look.problems);

  const { deploymentId } = common;
  const safe = isUp
    ? await backupOnRecord(common, { config, environment, ports, steps }, tenure.stop)
    : undefined;
  if (safe?.kind === "refused") return refused({ ...report, deploymentId }, safe.problems);

  const backup = safe?.proof;
  const pending = plan.kind === "planned" ? plan.pending : [];
  const stays = way.target && (await whatStays(way.target, { config, environment, ports }));
  const facts = isUp ? { pending } : { direction: "down", target: way.target, stays, applied: plan.applied };
  const says = isUp ? `${pending.length} pending in ${database.migrations}` : `${plan.applied} applied`;
  const intent = { ...facts, schema: schemaBefore };
  const run = { database, target: way.target, says, intent, schemaBefore, backup };
  const end = await migrateOnRecord(run, common, migrations, { ports, steps }, tenure);

  const isStill = end.schemaAfter === schemaBefore;
  if (end.problems.length > 0 && backup !== undefined && !isStill && !isSchemaLeft(end.problems)) {
    steps.warn(restoreAdvice(backup));
  }
  const answer = answerOf(end, { environment: environment.name, isUp, stays });
  const warnings = [
    ...answer.warnings,
    ...(await keepOutside({ config, environment, ports, steps }, tenure)),
  ];
  return { ...report, ...answer, warnings, deploymentId, schemaAfter: end.schemaAfter };
}

// What ran has run, and the next checkpoint covers it; only until then nothing outside of the ledger proves it.
async function keepOutside(
  context: Parameters<typeof anchorTail>[0],
  { leave }: Tenure,
): Promise<readonly string[]> {
  const unkept = (await anchorTail(context, leave)).map(
    ({ says }) => `what ran is on record, and the record is not kept outside of the ledger yet: ${says}`,
  );
  for (const warning of unkept) context.steps.warn(warning);
  return unkept;
}

function refused(
  report: Omit<MigrateReport, "outcome" | "exitCode">,
  problems: MigrateReport["problems"],
): MigrateReport {
  return { ...report, outcome: "refused", problems, exitCode: migrateExit("refused") };
}
