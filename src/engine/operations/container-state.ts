import { optionalTextOf } from "../graph/arguments.ts";
import type { Recipe } from "../graph/recipe.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { configOperations } from "./container-config.ts";
import { execOperations } from "./container-exec.ts";
import { fileOperations } from "./container-files.ts";
import { imageOperations, scratch } from "./container-image.ts";
import { mountOperations } from "./container-mounts.ts";
import type { ContainerOperations } from "./operation.ts";
import { defaultPlatform } from "./platforms.ts";

/** Every field of Container that answers a Container. */
export const containerOperations: ContainerOperations = {
  ...configOperations,
  ...execOperations,
  ...fileOperations,
  ...imageOperations,
  ...mountOperations,
};

/** What a Container recipe stands for. */
export async function containerState(
  session: Session,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<ContainerState> {
  const { args, parent } = recipe;
  if (recipe.operation === "Query.container") {
    return scratch(optionalTextOf(args, "platform") ?? defaultPlatform());
  }
  const operation = containerOperations[recipe.operation.replace(/^Container\./, "")];
  if (operation === undefined || parent === undefined) {
    throw new Error(`no container is made by ${recipe.operation}`);
  }
  return await operation(await session.container(parent, signal), args, session, signal);
}
