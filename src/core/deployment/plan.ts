import type { Release } from "../release/types.ts";
import type { ObservedService } from "./service.ts";
import type { DeploymentSummary, KnownGood } from "./types.ts";

export interface Observed {
  readonly services: Readonly<Record<string, ObservedService | undefined>>;
  readonly lastKnownGood: KnownGood | undefined;
  readonly latest: DeploymentSummary | undefined;
}

export type DeploymentPlan =
  | { readonly kind: "nothing-to-do"; readonly because: string }
  | {
      readonly kind: "deploy";
      /** Id of the unfinished deployment of the same release that this run goes on with. */
      readonly resume: string | undefined;
      /** Id of a deployment of another release that was killed and will never end by itself. */
      readonly abandoned: string | undefined;
      /** Components that run something else than the last known good release. */
      readonly drifted: readonly string[];
    };

/** What has to be done, given what is so. */
export function planDeployment(release: Release, observed: Observed): DeploymentPlan {
  const { latest, lastKnownGood } = observed;
  const drifted = driftedComponents(observed);
  const open = latest?.outcome === undefined || latest.outcome === "interrupted" ? latest : undefined;
  const resumes = open?.purpose === "deploy" && open.releaseId === release.id;

  if (lastKnownGood?.release.id === release.id && drifted.length === 0 && open === undefined) {
    return { kind: "nothing-to-do", because: `${release.id} runs since ${lastKnownGood.at}` };
  }
  return {
    kind: "deploy",
    resume: resumes ? open.deploymentId : undefined,
    abandoned: latest?.outcome === undefined && !resumes ? latest?.deploymentId : undefined,
    drifted,
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
