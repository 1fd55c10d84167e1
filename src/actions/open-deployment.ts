import { NO_ATTEMPTS, earlierAttempts, type EarlierAttempts } from "../core/deployment/earlier-attempts.ts";
import { driftedComponents, type Continuation, type Observed } from "../core/deployment/plan.ts";
import type { DeploymentPurpose } from "../core/deployment/types.ts";
import type { Plan } from "../core/plan/types.ts";
import type { Release } from "../core/release/types.ts";
import type { StateChange } from "../ports/journal.ts";
import type { GateAnswer } from "./ask-gates.ts";
import { closeAbandoned } from "./close-abandoned.ts";
import type { RunContext } from "./run-context.ts";
import type { Tenure } from "./under-lease.ts";

export interface Opening {
  readonly purpose: DeploymentPurpose;
  readonly release: Release;
  readonly observed: Observed;
  readonly continuation: Continuation;
  readonly deploymentId: string;
  readonly earlier: EarlierAttempts;
  /** What it is let in with; undefined for a rollback, which needs no leave. */
  readonly letIn:
    { readonly plan: Plan; readonly planSha256: string; readonly gates: GateAnswer } | undefined;
}

/** Which deployment this run is an attempt of, and what the attempts before it did. */
export async function identify(
  { resume }: Continuation,
  { ports }: RunContext,
): Promise<Pick<Opening, "deploymentId" | "earlier">> {
  if (resume === undefined) return { deploymentId: ports.newId(), earlier: NO_ATTEMPTS };
  return { deploymentId: resume, earlier: earlierAttempts(await ports.journal.records(resume)) };
}

/** Writes the record that opens a deployment, or opens it again; closes first one that was killed and left open. */
export async function openDeployment(opening: Opening, context: RunContext, tenure: Tenure): Promise<void> {
  const { continuation, deploymentId, earlier, observed } = opening;
  const { config, environment, ports, steps } = context;
  const common = { app: config.app, env: environment.name, fence: tenure.fence, actor: tenure.caller.actor };
  if (continuation.abandoned !== undefined)
    await closeAbandoned(continuation.abandoned, opening, common, context);

  const attempt = earlier.attempts + 1;
  if (attempt > 1) ports.reporter.note(`going on with ${deploymentId}, attempt ${attempt}`);
  const drifted = driftedComponents(observed);
  if (drifted.length > 0) steps.warn(`not as it was left: ${drifted.join(", ")}`);
  await steps.begin(
    { ...common, deploymentId, attempt },
    changesOf(opening),
    factsOf(opening, context, tenure),
  );
}

// One that is not let in is closed by the very record that opens it: killed after it, nobody may take it for let in.
function changesOf({ purpose, release, letIn, earlier }: Opening): StateChange[] {
  const begin: StateChange = { kind: "begin", purpose, release };
  if (letIn === undefined) return [begin];
  const { open, consumes, review } = letIn.gates;
  if (!open) return earlier.moved ? [begin] : [begin, { kind: "end", outcome: "gated" }];
  return [
    begin,
    ...(consumes.length === 0 ? [] : [{ kind: "consume", approvals: consumes } as const]),
    // A resumed one has its review already.
    ...(review === undefined || earlier.brokenGlass !== undefined
      ? []
      : [{ kind: "review-due", ...review } as const]),
  ];
}

function factsOf(
  { purpose, release, observed, letIn }: Opening,
  { config, environment, ports }: RunContext,
  { caller }: Tenure,
): Readonly<Record<string, unknown>> {
  const { policy } = environment;
  return {
    purpose,
    release: release.id,
    version: release.version,
    commit: release.commit,
    branch: release.branch ?? null,
    author: release.author ?? null,
    account: caller.account,
    region: caller.region,
    host: ports.origin.host,
    runLink: ports.origin.link ?? null,
    ciActor: ports.origin.actor ?? null,
    tool: ports.origin.tool,
    configSha256: ports.fingerprintOf(config),
    policySha256: ports.fingerprintOf({ policy, people: config.people, roles: config.roles }),
    releaseSha256: ports.fingerprintOf(release),
    previous: observed.lastKnownGood?.release.id ?? null,
    services: observed.services,
    drifted: driftedComponents(observed),
    ...(letIn === undefined
      ? {}
      : {
          planSha256: letIn.planSha256,
          pending: letIn.plan.migrations.pending,
          wayBack: letIn.plan.wayBack,
          worstRollbackSeconds: letIn.plan.worstRollbackSeconds,
          approvals: letIn.gates.approvals,
          brokenGlass: letIn.gates.brokenGlass ?? null,
        }),
  };
}
