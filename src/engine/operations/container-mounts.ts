import { flagOf, numberOf, optionalRecipeOf, optionalTextOf, recipeOf, textOf } from "../graph/arguments.ts";
import type { Arguments } from "../graph/recipe.ts";
import type { CacheSharing, ContainerState, Mount } from "../state/container.ts";
import { pathOf } from "./container-paths.ts";
import { replaceMount } from "./container-places.ts";
import type { ContainerOperations } from "./operation.ts";

/** What execs see at a path without it being part of the image. */
export const mountOperations: ContainerOperations = {
  withMountedDirectory: async (state, args, session, signal) =>
    mounted(state, args, {
      kind: "directory",
      tree: await session.directory(recipeOf(args, "source"), signal),
      readOnly: flagOf(args, "readOnly"),
      placed: false,
    }),

  withMountedFile: async (state, args, session, signal) =>
    mounted(state, args, {
      kind: "file",
      tree: await session.file(recipeOf(args, "source"), signal),
      placed: false,
    }),

  withMountedCache: async (state, args, session, signal) => {
    const { args: volume } = recipeOf(args, "cache");
    const source = optionalRecipeOf(args, "source") ?? optionalRecipeOf(volume, "source");
    return mounted(state, args, {
      kind: "cache",
      volume: textOf(volume, "key"),
      sharing: (optionalTextOf(args, "sharing") ?? textOf(volume, "sharing")) as CacheSharing,
      source: source === undefined ? undefined : await session.directory(source, signal),
    });
  },

  withMountedTemp: (state, args) => mounted(state, args, { kind: "temporary" }),

  withMountedSecret: (state, args) =>
    mounted(state, args, {
      kind: "secret",
      secret: recipeOf(args, "source"),
      mode: numberOf(args, "mode"),
    }),

  withoutMount: (state, args) => {
    const path = bare(pathOf(state, args));
    return { ...state, mounts: state.mounts.filter((mount) => mount.path !== path) };
  },
};

type Unplaced<M> = M extends Mount ? Omit<M, "path"> : never;

function mounted(state: ContainerState, args: Arguments, mount: Unplaced<Mount>): ContainerState {
  return replaceMount(state, { ...mount, path: bare(pathOf(state, args)) });
}

function bare(path: string): string {
  return path === "/" ? path : path.replace(/\/+$/, "");
}
