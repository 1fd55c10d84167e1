import type { Config } from "../config/types.ts";
import type { Problem } from "../errors.ts";
import { provenPerson } from "./person-of.ts";
import type { ProvenIdentity } from "./types.ts";

/**
 * Why somebody may not open what was closed: unlock, release a hold, close a review, take an approval back. Stopping the
 * line is everybody's right; opening it needs one of the config's people. A config without people knows nobody, and there
 * every proven identity will do.
 */
export function mayAct(config: Config, identity: ProvenIdentity): Problem[] {
  const known = Object.keys(config.people);
  if (known.length === 0 || provenPerson(config.people, identity) !== undefined) return [];
  return [
    {
      code: "ACT_REFUSED",
      at: "people",
      says: `nobody has the identity ${identity.subject}`,
      hint: `add "${identity.uniqueId ?? identity.subject}" to somebody's identities in the config (known: ${known.join(", ")})`,
    },
  ];
}
