import { driftedComponents, type Continuation, type Observed } from "../core/deployment/plan.ts";
import type { DeploymentPurpose } from "../core/deployment/types.ts";
import type { Release } from "../core/release/types.ts";
import type { RunContext } from "./run-context.ts";
import type { Tenure } from "./under-lease.ts";

/** Writes the record that opens a deployment, or opens it again; closes first one that was killed and left open. */
export async function openDeployment(
  purpose: DeploymentPurpose,
  release: Release,
  continuation: Continuation,
  observed: Observed,
  { config, environment, ports, steps }: RunContext,
  { caller, fence }: Tenure,
): Promise<void> {
  const { abandoned, resume } = continuation;
  const drifted = driftedComponents(observed);
  const common = { app: config.app, env: environment.name, fence, actor: caller.actor };

  if (abandoned !== undefined) {
    await ports.journal.append(
      {
        ...common,
        type: "deployment",
        deploymentId: abandoned,
        attempt: await attempts(abandoned, ports),
        step: undefined,
        phase: "outcome",
        outcome: "interrupted",
        data: { because: `nobody resumed it before ${purpose} ${release.id}` },
      },
      [{ kind: "end", outcome: "interrupted" }],
    );
    ports.reporter.note(`${abandoned} had been left open; recorded as interrupted`);
  }

  const deploymentId = resume ?? ports.newId();
  const attempt = resume === undefined ? 1 : (await attempts(resume, ports)) + 1;
  if (resume !== undefined) ports.reporter.note(`going on with ${resume}, attempt ${attempt}`);
  if (drifted.length > 0) ports.reporter.note(`not as it was left: ${drifted.join(", ")}`);
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
      drifted,
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
