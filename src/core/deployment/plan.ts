import type { Release } from "../release/types.ts";
import type { ObservedService } from "./service.ts";
import type { DeploymentPurpose, DeploymentSummary, KnownGood } from "./types.ts";

export interface Observed {
  readonly services: Readonly<Record<string, ObservedService | undefined>>;
  readonly lastKnownGood: KnownGood | undefined;
  readonly latest: DeploymentSummary | undefined;
}

export interface Continuation {
  /** Id of the unfinished deployment of the same release that this run goes on with. */
  readonly resume: string | undefined;
  /** Id of another deployment that was killed and will never end by itself. */
  readonly abandoned: string | undefined;
}

export type DeploymentPlan =
  | { readonly kind: "nothing-to-do"; readonly because: string }
  /** It was killed after its commit: everything is done, but the record that says so. */
  | { readonly kind: "close"; readonly continuation: Continuation }
  | { readonly kind: "deploy"; readonly continuation: Continuation };

/** What has to be done, given what is so. */
export function planDeployment(release: Release, observed: Observed): DeploymentPlan {
  const { latest, lastKnownGood } = observed;

  if (
    lastKnownGood?.release.id === release.id &&
    !isLeftOpen(latest) &&
    latest?.outcome !== "rollback-failed" &&
    driftedComponents(observed).length === 0
  ) {
    return { kind: "nothing-to-do", because: `${release.id} runs since ${lastKnownGood.at}` };
  }
  const continuation = continuationOf(latest, "deploy", release.id);
  const committed = continuation.resume !== undefined && lastKnownGood?.deploymentId === continuation.resume;
  const isDone = committed && driftedComponents(observed).length === 0;
  return { kind: isDone ? "close" : "deploy", continuation };
}

type LeftOpen = DeploymentSummary & { readonly outcome: "interrupted" | undefined };

/** Was it killed, or interrupted, so that somebody has to go on with it? */
export function isLeftOpen(latest: DeploymentSummary | undefined): latest is LeftOpen {
  return latest !== undefined && (latest.outcome === undefined || latest.outcome === "interrupted");
}

/** How this run follows on the environment's latest deployment. The lease is ours, so an open one has no other hands. */
export function continuationOf(
  latest: DeploymentSummary | undefined,
  purpose: DeploymentPurpose,
  releaseId: string,
): Continuation {
  const ours = latest?.purpose === purpose && latest.releaseId === releaseId;
  if (latest?.outcome === undefined) {
    return {
      resume: ours ? latest.deploymentId : undefined,
      abandoned: ours ? undefined : latest?.deploymentId,
    };
  }
  return {
    resume: ours && latest.outcome === "interrupted" ? latest.deploymentId : undefined,
    abandoned: undefined,
  };
}

/** Components whose service is not at rest at the revision that was committed last. */
export function driftedComponents(observed: Pick<Observed, "services" | "lastKnownGood">): string[] {
  return Object.entries(observed.lastKnownGood?.revisions ?? {})
    .filter(([component, revision]) => {
      const service = observed.services[component];
      return service?.revision !== revision || service.running === 0;
    })
    .map(([component]) => component);
}
