import { numberOf, recipeOf, recipesOf, textOf, textsOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Arguments } from "../graph/recipe.ts";
import { EMPTY_DIRECTORY } from "../filesystem/types.ts";
import { diff } from "../filesystem/diff.ts";
import { withDirectory } from "../filesystem/with-directory.ts";
import { withFile, withNewFile } from "../filesystem/with-file.ts";
import { withNewDirectory } from "../filesystem/with-new-directory.ts";
import { withSymlink } from "../filesystem/with-symlink.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree } from "../state/trees.ts";
import { deriveDirectory, subdirectory } from "./derive-tree.ts";
import { filteredTree, filterOf } from "./filters.ts";
import { into, ownership, remove, write } from "./write-directory.ts";

/** What a field of Directory that answers a Directory does. */
export type DirectoryOperation = (
  tree: DirectoryTree,
  args: Arguments,
  session: Session,
  signal: AbortSignal,
) => DirectoryTree | Promise<DirectoryTree>;

export const emptyTree: DirectoryTree = { key: "empty", cheap: true, open: async () => EMPTY_DIRECTORY };

export const directoryOperations: Readonly<Record<string, DirectoryOperation>> = {
  directory: async (tree, args, _, signal) => await subdirectory(tree, textOf(args, "path"), signal),
  filter: async (tree, args, session, signal) => await filteredTree(session, tree, filterOf(args), signal),

  diff: async (tree, args, session, signal) => {
    const other = await session.directory(recipeOf(args, "other"), signal);
    return deriveDirectory(
      session,
      { operation: "diff" },
      [tree, other],
      async (later) => await diff(session.layers, await tree.open(later), await other.open(later)),
    );
  },

  withDirectory: async (tree, args, session, signal) => {
    const unfiltered = await session.directory(recipeOf(args, "source"), signal);
    const source = await filteredTree(session, unfiltered, filterOf(args), signal);
    return write(
      session,
      tree,
      "withDirectory",
      args,
      [source],
      async (target, later) =>
        await withDirectory(
          session.layers,
          target,
          textOf(args, "path"),
          await source.open(later),
          ownership(args),
        ),
    );
  },
  withFile: async (tree, args, session, signal) => {
    const source = await session.file(recipeOf(args, "source"), signal);
    return write(
      session,
      tree,
      `withFile ${source.name}`,
      args,
      [source],
      async (target, later) =>
        await withFile(
          session.layers,
          target,
          into(textOf(args, "path"), source.name),
          await source.open(later),
          ownership(args),
        ),
    );
  },
  withFiles: async (tree, args, session, signal) => {
    const sources = await Promise.all(
      recipesOf(args, "sources").map(async (file) => await session.file(file, signal)),
    );
    const names = sources.map(({ name }) => name).join("/");
    return write(session, tree, `withFiles ${names}`, args, sources, async (target, later) => {
      let result = target;
      for (const source of sources) {
        const path = into(`${textOf(args, "path")}/`, source.name);
        result = await withFile(session.layers, result, path, await source.open(later), ownership(args));
      }
      return result;
    });
  },
  withNewFile: (tree, args, session) =>
    write(
      session,
      tree,
      "withNewFile",
      args,
      [],
      async (target) =>
        await withNewFile(
          session.layers,
          target,
          textOf(args, "path"),
          textOf(args, "contents"),
          ownership(args),
        ),
    ),
  withNewDirectory: (tree, args, session) =>
    write(
      session,
      tree,
      "withNewDirectory",
      args,
      [],
      async (target) => await withNewDirectory(session.layers, target, textOf(args, "path"), ownership(args)),
    ),
  withSymlink: (tree, args, session) =>
    write(
      session,
      tree,
      "withSymlink",
      args,
      [],
      async (target) =>
        await withSymlink(session.layers, target, textOf(args, "linkName"), textOf(args, "target")),
    ),

  withoutDirectory: (tree, args, session) => remove(session, tree, args, [textOf(args, "path")]),
  withoutFile: (tree, args, session) => remove(session, tree, args, [textOf(args, "path")]),
  withoutFiles: (tree, args, session) => remove(session, tree, args, textsOf(args, "paths")),

  // Every time is 0 in the layers that the engine makes, so there is nothing to do for it; others cannot be recorded.
  withTimestamps: (tree, args) => {
    if (numberOf(args, "timestamp") === 0) return tree;
    throw new RecipeProblem(
      "Directory.withTimestamps(timestamp:) other than 0 is not part of the embedded engine; Dagger Engine has it",
    );
  },
};
