import { taskSpec } from "../core/deployment/service-spec.ts";
import type { Release, ReleaseMigration } from "../core/release/types.ts";
import { askAgain } from "./ask-gates.ts";
import { backupStep } from "./backup-step.ts";
import { gatesStep } from "./gates-step.ts";
import type { MadePlan } from "./make-plan.ts";
import { migrateStep } from "./migrate-step.ts";
import { moveTo, type Target } from "./move-to.ts";
import type { Opening } from "./open-deployment.ts";
import type { RunContext } from "./run-context.ts";
import type { StepIntent } from "./steps.ts";
import type { Tenure } from "./under-lease.ts";
import { tellWayBack } from "./tell-way-back.ts";
import { undoStep } from "./undo-step.ts";
import { verifyRelease, type LocatedSecrets } from "./verify-release.ts";
import { watch } from "./watch.ts";

/** How far a deployment has come, for whoever has to undo it. */
export interface Progress {
  /** A service may have been changed. */
  moved: boolean;
  /** Something outside may have been changed. */
  mutated: boolean;
  target: Target | undefined;
  /** Migrations of the release that are applied. */
  applied: readonly ReleaseMigration[];
}

/** Every step of a deployment, one after the other. Answers the URLs; throws what the first failing step throws. */
export async function forward(
  opening: Opening,
  made: MadePlan,
  progress: Progress,
  context: RunContext,
  tenure: Tenure,
): Promise<Readonly<Record<string, string>>> {
  const { release, observed, letIn } = opening;
  const { steps } = context;
  const { fence, stop } = tenure;
  if (letIn !== undefined) await gatesStep(letIn.gates, "who and what lets it in", context, tenure);

  let secrets: LocatedSecrets = {};
  await steps.take("verify", "digests, secrets, migrations, the way back", stop, async () => {
    for (const note of made.notes) steps.warn(note);
    secrets = await verifyRelease(release, observed.lastKnownGood, made.problems, context);
    return { says: "everything is there", data: { images: images(release) } };
  });

  const { pending } = made.plan.migrations;
  const backup = pending.length === 0 ? undefined : await backupStep(opening.deploymentId, context, stop);
  const migrating =
    pending.length === 0 ? {} : await irreversible("migrate", opening, progress, context, tenure);
  const applied = (files: readonly string[]) => {
    progress.applied = [...progress.applied, ...pending.filter(({ file }) => files.includes(file))];
  };
  try {
    const migrate = () => migrateStep(context, { fence, signal: stop, backup }, applied);
    await steps.take("migrate", "the database", stop, migrate, migrating);
  } catch (error) {
    await undoStep(error, backup, context, tenure);
    tellWayBack(error, backup, steps);
    throw error;
  }

  await steps.take("stage", "what will run", stop, async () => {
    const revisions = await stage(release, secrets, context);
    progress.target = { release, revisions };
    return { says: Object.values(revisions).join(", "), data: { revisions } };
  });

  const { target } = progress;
  if (target === undefined) throw new Error("the stage step ended without revisions");
  const intent = await irreversible("shift", opening, progress, context, tenure);
  const moving = () => {
    progress.moved = true;
  };
  const urls = await moveTo(target, "forward", context, stop, { moving, intent });
  await watch(target, urls, context, stop);

  await steps.take("commit", "last known good", stop, async () => ({
    says: `${release.id} is the last known good release`,
    changes: [{ kind: "commit", purpose: "deploy", release, revisions: target.revisions }],
  }));
  return urls;
}

/** Asks the gates once more and answers what the intent of a step holds that changes something outside. */
async function irreversible(
  step: "migrate" | "shift",
  { release, deploymentId, letIn }: Opening,
  progress: Progress,
  context: RunContext,
  tenure: Tenure,
): Promise<StepIntent> {
  if (letIn === undefined) throw new Error(`${step} without leave of the gates`);
  const { planSha256, gates } = letIn;
  const question = { release, planSha256, deploymentId, caller: tenure.caller, breakGlass: undefined };
  const again = await askAgain(question, gates.brokenGlass, context);
  if (!again.open) await gatesStep(again, `once more, before ${step}`, context, tenure);

  progress.mutated = true;
  const rules = again.decisions.map(({ gate, rule }) => ({ gate, rule }));
  return { data: { mutates: true, gates: rules }, changes: [{ kind: "mutate" }] };
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
