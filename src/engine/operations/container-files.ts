import { posix } from "node:path";
import {
  flagOf,
  numberOf,
  optionalNumberOf,
  optionalTextOf,
  recipeOf,
  recipesOf,
  textOf,
  textsOf,
} from "../graph/arguments.ts";
import type { Arguments } from "../graph/recipe.ts";
import type { Directory, Ownership } from "../filesystem/types.ts";
import { withDirectory } from "../filesystem/with-directory.ts";
import { withFile, withNewFile } from "../filesystem/with-file.ts";
import { withSymlink } from "../filesystem/with-symlink.ts";
import { without } from "../filesystem/without.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { expandVariables, pathOf } from "./container-paths.ts";
import { writeAt } from "./container-places.ts";
import { filteredTree, filterOf } from "./filters.ts";
import type { ContainerOperations } from "./operation.ts";
import { findUser } from "./users.ts";

/** What writes to or removes from a container's files. */
export const fileOperations: ContainerOperations = {
  withDirectory: async (state, args, session, signal) => {
    const source = await session.directory(recipeOf(args, "source"), signal);
    const tree = await filteredTree(session, source, filterOf(args), signal);
    return writeAt(session, state, pathOf(state, args), {
      inputs: { operation: "withDirectory", ...ownershipInputs(args) },
      sources: [tree],
      make: async (target, path, later) =>
        await withDirectory(
          session.layers,
          target,
          path,
          await tree.open(later),
          await ownershipOf(state, args, later),
        ),
    });
  },

  withFile: async (state, args, session, signal) =>
    await withFileAt(
      session,
      state,
      args,
      { file: recipeOf(args, "source"), path: pathOf(state, args) },
      signal,
    ),

  withFiles: async (state, args, session, signal) => {
    const folder = posix.join(pathOf(state, args), "/");
    let result = state;
    for (const file of recipesOf(args, "sources")) {
      result = await withFileAt(session, result, args, { file, path: folder }, signal);
    }
    return result;
  },

  withNewFile: (state, args, session) =>
    writeAt(session, state, pathOf(state, args), {
      inputs: { operation: "withNewFile", contents: textOf(args, "contents"), ...ownershipInputs(args) },
      make: async (target, path, later) =>
        await withNewFile(session.layers, target, path, textOf(args, "contents"), {
          ...(await ownershipOf(state, args, later)),
          permissions: numberOf(args, "permissions"),
        }),
    }),

  withSymlink: (state, args, session) => {
    const target = flagOf(args, "expand")
      ? expandVariables(textOf(args, "target"), state.config.env)
      : textOf(args, "target");
    return writeAt(session, state, pathOf(state, args, "linkName"), {
      inputs: { operation: "withSymlink", target },
      make: async (directory, path) => await withSymlink(session.layers, directory, path, target),
    });
  },

  withoutDirectory: (state, args, session) => removeAt(session, state, pathOf(state, args)),
  withoutFile: (state, args, session) => removeAt(session, state, pathOf(state, args)),
  withoutFiles: (state, args, session) =>
    textsOf(args, "paths").reduce(
      (result, path) => removeAt(session, result, pathOf(state, { ...args, path })),
      state,
    ),

  withRootfs: async (state, args, session, signal) => {
    const root = await session.directory(recipeOf(args, "directory"), signal);
    return { ...state, root, base: undefined, baseName: "a directory", imageRef: undefined };
  },
};

async function withFileAt(
  session: Session,
  state: ContainerState,
  args: Arguments,
  what: { file: ReturnType<typeof recipeOf>; path: string },
  signal: AbortSignal,
): Promise<ContainerState> {
  const source = await session.file(what.file, signal);
  return writeAt(session, state, what.path, {
    inputs: { operation: "withFile", name: source.name, ...ownershipInputs(args) },
    sources: [source],
    make: async (target, path, later) =>
      await withFile(
        session.layers,
        target,
        path === "" || path.endsWith("/") ? `${path}${source.name}` : path,
        await source.open(later),
        await ownershipOf(state, args, later),
      ),
  });
}

function removeAt(session: Session, state: ContainerState, path: string): ContainerState {
  return writeAt(session, state, path, {
    inputs: { operation: "without" },
    make: async (target: Directory, place) => await without(session.layers, target, place),
  });
}

function ownershipInputs(args: Arguments): Record<string, unknown> {
  return { owner: args.owner ?? "", permissions: args.permissions ?? null };
}

/** Permissions and owner as the arguments say; names are looked up in the container. */
async function ownershipOf(state: ContainerState, args: Arguments, signal: AbortSignal): Promise<Ownership> {
  const permissions = optionalNumberOf(args, "permissions");
  const written = optionalTextOf(args, "owner");
  const owner = written === undefined ? undefined : await findUser(await state.root.open(signal), written);
  return {
    ...(permissions === undefined ? {} : { permissions }),
    ...(owner === undefined ? {} : { owner: { uid: owner.uid, gid: owner.gid } }),
  };
}
