import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";

/** False when the exec can reach a server of this machine: what that answers is not known from the recipe. */
export async function isCacheable(
  session: Session,
  state: ContainerState,
  signal: AbortSignal,
): Promise<boolean> {
  for (const { service } of state.services) {
    const bound = await session.service(service, signal);
    if (bound.kind !== "container" || !(await isCacheable(session, bound.container, signal))) return false;
  }
  return true;
}
