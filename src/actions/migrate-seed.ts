import { noDatabase } from "../core/config/no-database.ts";
import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { EXIT_CODES, type Problem } from "../core/errors.ts";
import { secretName } from "../core/names.ts";
import { pendingBefore } from "../core/seed/pending.ts";
import { seedExit, sumWritten, type SeedOutcome, type SeedReport } from "../core/seed/report.ts";
import type { Seeding, SeedingOutcome, Seeds } from "../ports/seeds.ts";
import { backupOnRecord } from "./backup-on-record.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import { readSeeds } from "./read-seeds.ts";
import type { StopSignals } from "./run-context.ts";
import { seedOnRecord, type SeedOrder } from "./seed-on-record.ts";
import { commonEntry } from "./step-on-record.ts";
import { Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";

export interface SeedRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** Sets of those that the environment gets; empty: all of them. */
  readonly asked: readonly string[];
  /** Everything runs, is measured and is undone. */
  readonly dryRun: boolean;
}

type SeedPorts = DeploymentPorts & { readonly seeds: Seeds };

/** Brings the sets that an environment gets into its database, under its lease, measured and on the record. */
export async function migrateSeed(
  request: SeedRequest,
  ports: SeedPorts,
  signals: StopSignals,
): Promise<SeedReport> {
  const { config, environment, asked } = request;
  const { database } = config;
  if (database === undefined) throw noDatabase(config.app);
  const read = await readSeeds({ environment, folder: database.seeds, asked }, ports.seeds);
  const blank = aBlankReport(request, read.sets);

  if (read.kind === "refused") {
    return { ...refused(blank, read.problems), exitCode: EXIT_CODES[read.exit].code };
  }
  if (read.files.length === 0) return blank;

  const steps = new Steps(ports);
  const purpose = "migrate seed";
  return underLease({ config, environment, purpose }, steps, ports, signals, async (tenure) => {
    const pending = await pendingProblems(database, request, ports);
    if (pending.length > 0) return refused(blank, pending);

    const url = await ports.secrets.read(secretName(database.urlSecret, environment.name));
    const seeding = await ports.seeds.open({ url, files: read.files });
    try {
      const common = commonEntry({ config, environment, ports }, tenure);
      const order = { common, sets: read.sets, files: read.files };
      return await seed({ ...order, request, blank, seeding, steps, ports, tenure });
    } finally {
      await seeding.close();
    }
  });
}

interface SeedWork extends Omit<SeedOrder, "keep"> {
  readonly request: SeedRequest;
  readonly blank: SeedReport;
  readonly seeding: Seeding;
  readonly steps: Steps;
  readonly ports: SeedPorts;
  readonly tenure: Tenure;
}

async function seed(work: SeedWork): Promise<SeedReport> {
  const { common, request, blank, seeding, steps, ports, tenure } = work;
  const { config, environment, dryRun } = request;
  const run = (keep: boolean) => seedOnRecord({ ...work, keep }, seeding, { ports, steps }, tenure);
  const report = { ...blank, deploymentId: common.deploymentId };
  if (dryRun) return answered(report, await run(false), tenure);

  // A backup takes minutes, and most runs find every row there.
  if (environment.policy.backup.kind !== "none") {
    const trial = answered(report, await run(false), tenure);
    if (trial.outcome !== "seeded") return trial;
    const safe = await backupOnRecord(common, { config, environment, ports, steps }, tenure.stop);
    if (safe.kind === "refused") return refused(report, safe.problems);
  }
  return answered(report, await run(true), tenure);
}

async function pendingProblems(
  database: DatabaseConfig,
  request: SeedRequest,
  ports: SeedPorts,
): Promise<readonly Problem[]> {
  // The way down demands nothing of what is pending but to be told.
  const migrations = await openAppMigrations(database, request, ports, "down");
  try {
    const plan = await migrations.plan();
    if (plan.kind === "refused") return plan.problems;
    return plan.kind === "planned" ? [pendingBefore(request.environment.name, plan.pending)] : [];
  } finally {
    await migrations.close();
  }
}

function aBlankReport({ config, environment, dryRun }: SeedRequest, sets: readonly string[]): SeedReport {
  return {
    outcome: "nothing-to-do",
    app: config.app,
    environment: environment.name,
    deploymentId: null,
    dryRun,
    sets,
    files: [],
    wrote: [],
    problems: [],
    exitCode: seedExit("nothing-to-do", dryRun),
  };
}

function refused(report: SeedReport, problems: readonly Problem[]): SeedReport {
  return { ...report, outcome: "refused", problems, exitCode: seedExit("refused", report.dryRun) };
}

function answered(report: SeedReport, outcome: SeedingOutcome, { stop }: Tenure): SeedReport {
  const { dryRun } = report;
  if (outcome.kind === "failed") {
    const how = stop.aborted
      ? "interrupted"
      : outcome.problem.code === "MIGRATIONS_LOCKED"
        ? "busy"
        : "failed";
    return { ...report, outcome: how, problems: [outcome.problem], exitCode: seedExit(how, dryRun) };
  }
  const wrote = sumWritten(outcome.files);
  const did: SeedOutcome = wrote.length === 0 ? "nothing-to-do" : dryRun ? "would-seed" : "seeded";
  return { ...report, outcome: did, files: outcome.files, wrote, exitCode: seedExit(did, dryRun) };
}
