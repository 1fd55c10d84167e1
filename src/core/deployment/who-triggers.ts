import { personOf } from "../acts/person-of.ts";
import type { Config } from "../config/types.ts";

/**
 * Who triggers a deployment, as a key of `people` or as the identity itself. The platform's word counts first: a CI's
 * variable is anybody's to set, so it counts only where the credentials are nobody's own, such as a role's.
 */
export function whoTriggers(
  { people }: Pick<Config, "people">,
  caller: { readonly actor: string },
  ciActor: string | undefined,
): string {
  const byPlatform = personOf(people, caller.actor);
  if (Object.hasOwn(people, byPlatform) || ciActor === undefined) return byPlatform;
  return personOf(people, ciActor);
}
