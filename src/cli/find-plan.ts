import { SlipwayError, type Problem } from "../core/errors.ts";
import { readPlan } from "../core/plan/schema.ts";
import type { Plan } from "../core/plan/types.ts";
import type { Release } from "../core/release/types.ts";
import { fingerprintOf, loadManifest } from "./compose.ts";
import { findRelease, releaseIn } from "./find-release.ts";

/**
 * A saved plan with the release that it was made for: the one saved beside it, or the manifest that is given. Throws
 * `PLAN_…` and `RELEASE_…` (exit 2).
 */
export async function findPlan(
  file: string,
  releaseFile: string | undefined,
): Promise<{ readonly plan: Plan; readonly release: Release }> {
  const document = await loadManifest(file);
  const fingerprint = await fingerprintOf();
  const result = readPlan(document, fingerprint);
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  const { plan } = result;

  const release =
    releaseFile === undefined ? releaseIn(manifestIn(document)) : await findRelease(releaseFile);
  const found = fingerprint(release);
  if (found !== plan.release.sha256) throw new SlipwayError(otherRelease(plan, release, found), "usage");
  return { plan, release };
}

function manifestIn(document: unknown): unknown {
  if (typeof document === "object" && document !== null && "manifest" in document) return document.manifest;
  throw new SlipwayError(
    {
      code: "PLAN_WITHOUT_RELEASE",
      at: "plan/manifest",
      says: "the plan is saved without the release that it was made for",
      hint: "give the manifest as well: --release=<file>",
    },
    "usage",
  );
}

function otherRelease(plan: Plan, release: Release, found: string): Problem {
  const same = plan.release.id === release.id;
  const says = same
    ? `${release.id} was edited: the plan was made for ${plan.release.sha256.slice(0, 12)}…, this is ${found.slice(0, 12)}…`
    : `the plan is for ${plan.release.id}, the manifest is ${release.id}`;
  return { code: "PLAN_OTHER_RELEASE", at: "plan/release", says, hint: "give the release that was planned" };
}
