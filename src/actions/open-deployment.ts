import type { DeploymentPlan, Observed } from "../core/deployment/plan.ts";
import type { DeploymentPurpose } from "../core/deployment/types.ts";
import type { Release } from "../core/release/types.ts";
import type { RunContext } from "./run-context.ts";
import type { Tenure } from "./under-lease.ts";

/** Writes the record that opens a deployment, or opens it again; closes first one that was killed and left open. */
export async function openDeployment(
  purpose: DeploymentPurpose,
  release: Release,
  plan: Extract<DeploymentPlan, { kind: "deploy" }>,
  observed: Observed,
  { config, environment, ports, steps }: RunContext,
  { caller, fence }: Tenure,
): Promise<void> {
  const common = { app: config.app, env: environment.name, fence, actor: caller.actor };

  if (plan.abandoned !== undefined) {
    await ports.journal.append(
      {
        ...common,
        type: "deployment",
        deploymentId: plan.abandoned,
        attempt: await attempts(plan.abandoned, ports),
        step: undefined,
        phase: "outcome",
        outcome: "interrupted",
        data: { because: `nobody resumed it before ${purpose} ${release.id}` },
      },
      [{ kind: "end", outcome: "interrupted" }],
    );
    ports.reporter.note(`${plan.abandoned} had been left open; recorded as interrupted`);
  }

  const deploymentId = plan.resume ?? ports.newId();
  const attempt = plan.resume === undefined ? 1 : (await attempts(plan.resume, ports)) + 1;
  if (plan.resume !== undefined) ports.reporter.note(`going on with ${plan.resume}, attempt ${attempt}`);
  if (plan.drifted.length > 0) ports.reporter.note(`not as it was left: ${plan.drifted.join(", ")}`);
  await steps.begin(
    { ...common, deploymentId, attempt },
    { kind: "begin", purpose, release },
    {
      purpose,
      release: release.id,
      commit: release.commit,
      account: caller.account,
      region: caller.region,
      previous: observed.lastKnownGood?.release.id ?? null,
      services: observed.services,
      drifted: plan.drifted,
    },
  );
}

async function attempts(
  deploymentId: string,
  { journal }: Pick<RunContext["ports"], "journal">,
): Promise<number> {
  const records = await journal.records(deploymentId);
  return Math.max(1, ...records.map(({ attempt }) => attempt));
}
