import type { Problem } from "../errors.ts";
import type { Release } from "./types.ts";

/** A release is built once: a manifest that bears the id of one the ledger knows, and differs from it, was edited. */
export function releaseEdited(
  release: Release,
  known: readonly Release[],
  fingerprintOf: (value: unknown) => string,
): Problem[] {
  const namesake = known.find(({ id }) => id === release.id);
  if (namesake === undefined) return [];
  const [before, now] = [fingerprintOf(namesake), fingerprintOf(release)];
  if (before === now) return [];
  return [
    {
      code: "RELEASE_EDITED",
      at: "release",
      says: `${release.id} is known here as ${before.slice(0, 12)}…, this manifest is ${now.slice(0, 12)}…`,
      hint: "take the manifest as it was built, or build a new release",
    },
  ];
}
