import type { Arguments } from "../graph/recipe.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";

/** What a field of Container that answers a Container does to the state. Pure but for what it asks the session. */
export type ContainerOperation = (
  state: ContainerState,
  args: Arguments,
  session: Session,
  signal: AbortSignal,
) => ContainerState | Promise<ContainerState>;

export type ContainerOperations = Readonly<Record<string, ContainerOperation>>;
