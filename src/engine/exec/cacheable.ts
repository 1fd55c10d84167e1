import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { givenDatabases } from "./given-databases.ts";

/** False when the exec can reach a server of this machine or was given a database: what those answer is in no recipe. */
export async function isCacheable(
  session: Session,
  state: ContainerState,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await givenDatabases(session, state, signal)).length > 0) return false;
  for (const { service } of state.services) {
    const bound = await session.service(service, signal);
    if (bound.kind !== "container" || !(await isCacheable(session, bound.container, signal))) return false;
  }
  return true;
}
