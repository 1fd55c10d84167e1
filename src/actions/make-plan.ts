import { backupUndecided } from "../core/backup/undecided.ts";
import { tellMigrationsLeft } from "../core/deployment/migrations-left.ts";
import { rollbackTooSlow, worstRollbackTime, type RollbackTime } from "../core/deployment/rollback-time.ts";
import type { Observed } from "../core/deployment/plan.ts";
import type { Problem } from "../core/errors.ts";
import { buildPlan } from "../core/plan/build-plan.ts";
import type { Plan } from "../core/plan/types.ts";
import type { Release } from "../core/release/types.ts";
import { lookAtDatabase } from "./look-at-database.ts";
import { readMigrations } from "./read-migrations.ts";
import { readMigrationsLeft } from "./read-migrations-left.ts";
import type { RunContext } from "./run-context.ts";

export interface MadePlan {
  readonly plan: Plan;
  /** Why a deployment after this plan would be refused, as far as making it has shown. */
  readonly problems: readonly Problem[];
  /** What a person should know before it. */
  readonly notes: readonly string[];
  /** What the app relies on and the database lacks so far: what is pending may bring it, and is asked for again then. */
  readonly unmet: readonly Problem[];
  /** False when the database could not be compared, so that the plan says nothing about it. */
  readonly complete: boolean;
}

/** What a deployment of the release would do now. Reads only. */
export async function makePlan(release: Release, observed: Observed, context: RunContext): Promise<MadePlan> {
  const { config, environment, plans, ports } = context;
  const [found, time] = await Promise.all([readMigrations(context), rollbackTime(observed, context)]);
  // The phase of a migration is the manifest's to say: the database's history has no word for it.
  const released = new Map(release.migrations.map((one) => [one.file, one]));
  const migrations =
    found.kind === "refused"
      ? { applied: 0, pending: [] }
      : { applied: found.applied, pending: found.pending.map((one) => released.get(one.file) ?? one) };

  const plan = buildPlan(
    {
      release,
      releaseSha256: ports.fingerprintOf(release),
      environment: environment.name,
      configSha256: ports.fingerprintOf(config),
      plans,
      observed,
      migrations,
      worstRollbackSeconds: time?.seconds ?? null,
    },
    ports.fingerprintOf,
  );
  const slow =
    time &&
    rollbackTooSlow(
      time,
      environment.policy.rollbackLimitSeconds,
      `environments/${environment.name}/rollbackLimitSeconds`,
    );
  const look = found.kind === "known" ? await lookAtDatabase(context) : { problems: [], notes: [] };
  const left = await readMigrationsLeft(context, ports);
  const unmet = found.kind === "known" ? found.unmet : [];
  const mayCome = migrations.pending.length > 0;
  const { backup } = environment.policy;
  const isUndecided = backup.kind === "undecided" && migrations.pending.length > 0;
  return {
    plan,
    problems: [
      ...(found.kind === "refused" ? found.problems : []),
      ...look.problems,
      ...(slow === undefined ? [] : [slow]),
      ...(isUndecided ? [backupUndecided(environment.name)] : []),
      ...(mayCome ? [] : unmet),
    ],
    notes: [...tellMigrationsLeft(left), ...look.notes],
    unmet: mayCome ? unmet : [],
    complete: found.kind === "known",
  };
}

async function rollbackTime(
  { lastKnownGood }: Observed,
  { plans, environment, ports }: RunContext,
): Promise<RollbackTime | undefined> {
  if (lastKnownGood === undefined) return undefined;
  const services = await Promise.all(
    plans.map(async ({ component, desired, service }) => ({
      component,
      desired,
      settings: await ports.containers.settings(service),
    })),
  );
  const known = services.flatMap(({ settings, ...one }) =>
    settings === undefined ? [] : [{ ...one, settings }],
  );
  return worstRollbackTime(known, environment.smokeTimeoutSeconds);
}
