import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { planDeployment } from "../core/deployment/plan.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import { planComponents, taskSpec } from "../core/deployment/service-spec.ts";
import type { KnownGood } from "../core/deployment/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { admitRelease } from "../core/release/admit.ts";
import type { Release } from "../core/release/types.ts";
import { compensate, type Compensated } from "./compensate.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { migrateStep } from "./migrate-step.ts";
import { moveTo, type Target } from "./move-to.ts";
import { observe } from "./observe.ts";
import { openDeployment } from "./open-deployment.ts";
import type { RunContext, StopSignals } from "./run-context.ts";
import { reportOf } from "./report-of.ts";
import { urlsOf } from "./smoke.ts";
import { Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";
import { verifyRelease, type LocatedSecrets } from "./verify-release.ts";

export interface DeployRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly release: Release;
}

/** Brings an environment to a release, or back to what it was. Throws faults that come before the first record. */
export async function deploy(
  request: DeployRequest,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<DeploymentReport> {
  const { config, environment, release } = request;
  const steps = new Steps(ports);
  const plans = planComponents(config, environment);
  const context: RunContext = { config, environment, plans, ports, steps };

  await steps.take("parse", `${config.app} ${release.version}, ${release.id}`, signals.stop, async () => {
    const onDisk =
      config.database === undefined ? [] : await ports.files.migrations(config.database.migrations);
    const problems = admitRelease(release, config, environment, onDisk);
    if (problems.length > 0) throw new SlipwayError(problems, "usage");
    return { says: `${config.app} ${release.version}, ${release.id}` };
  });
  return underLease(
    { config, environment, purpose: `deploy ${release.id}` },
    steps,
    ports,
    signals,
    async (tenure) => deployUnderLease(release, context, tenure),
  );
}

async function deployUnderLease(
  release: Release,
  context: RunContext,
  tenure: Tenure,
): Promise<DeploymentReport> {
  const { config, environment, plans, ports, steps } = context;
  const observed = await observe(config.app, environment.name, plans, ports);

  const plan = planDeployment(release, observed);
  const { lastKnownGood } = observed;
  if (plan.kind === "nothing-to-do") {
    const urls = await urlsOf(plans, environment, ports);
    const end: Compensated = { outcome: "nothing-to-do", problems: [], running: release.id, urls };
    return reportOf("deploy", release, lastKnownGood, end, context);
  }

  await openDeployment("deploy", release, plan.continuation, observed, context, tenure);
  const progress: Progress = { moved: false, target: undefined };
  let end: Compensated;
  try {
    const urls = await forward(release, lastKnownGood, progress, context, tenure);
    end = { outcome: "deployed", problems: [], running: release.id, urls };
  } catch (error) {
    steps.giveUpWithoutLedger(error, progress.moved);
    end = await compensate(error, { ...progress, lastKnownGood }, context, tenure.leave);
  }
  await steps.end(end.outcome, { problems: end.problems, running: end.running });
  return reportOf("deploy", release, lastKnownGood, end, context);
}

interface Progress {
  /** A service may have been changed. */
  moved: boolean;
  target: Target | undefined;
}

async function forward(
  release: Release,
  lastKnownGood: KnownGood | undefined,
  progress: Progress,
  context: RunContext,
  { fence, stop }: Tenure,
): Promise<Readonly<Record<string, string>>> {
  const { steps } = context;

  let secrets: LocatedSecrets = {};
  await steps.take("verify", "digests, secrets, migrations, the way back", stop, async () => {
    secrets = await verifyRelease(release, lastKnownGood, context);
    return { says: "everything is there", data: { images: images(release) } };
  });

  await steps.take("migrate", "the database", stop, () => migrateStep(context, fence, stop));

  await steps.take("stage", "what will run", stop, async () => {
    const revisions = await stage(release, secrets, context);
    progress.target = { release, revisions };
    return { says: Object.values(revisions).join(", "), data: { revisions } };
  });

  const { target } = progress;
  if (target === undefined) throw new Error("the stage step ended without revisions");
  const urls = await moveTo(target, "forward", context, stop, () => {
    progress.moved = true;
  });

  await steps.take("commit", "last known good", stop, async () => ({
    says: `${release.id} is the last known good release`,
    changes: [{ kind: "commit", purpose: "deploy", release, revisions: target.revisions }],
  }));
  return urls;
}

async function stage(
  release: Release,
  secrets: LocatedSecrets,
  { config, environment, ports }: RunContext,
): Promise<Readonly<Record<string, string>>> {
  const revisions: Record<string, string> = {};
  for (const [component, service] of Object.entries(config.components)) {
    const released = release.components[component];
    if (released === undefined) continue;
    revisions[component] = await ports.tasks.stage(
      taskSpec({
        component,
        config: service,
        released,
        release,
        environment,
        secrets: secrets[component] ?? {},
      }),
    );
  }
  return revisions;
}

function images(release: Release): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(release.components).map(([name, { image }]) => [name, image]));
}
