import { numberOf, textOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { type Arguments, hashOf, type Recipe } from "../graph/recipe.ts";
import { EMPTY_DIRECTORY } from "../filesystem/types.ts";
import { withFile, withNewFile } from "../filesystem/with-file.ts";
import type { Session } from "../state/session.ts";
import type { FileTree } from "../state/trees.ts";
import { imageFile } from "../images/image-file.ts";
import { pathOf } from "./container-paths.ts";
import { fileOf } from "./container-places.ts";
import { fileIn } from "./derive-tree.ts";

/** What a File recipe stands for. */
export async function fileTree(session: Session, recipe: Recipe, signal: AbortSignal): Promise<FileTree> {
  const { args, parent } = recipe;
  if (recipe.operation === "Query.file") return newFile(session, args);
  if (parent === undefined) throw new Error(`${recipe.operation} has no parent`);

  switch (recipe.operation) {
    case "Directory.file":
      return await fileIn(await session.directory(parent, signal), textOf(args, "path"), signal);
    case "Container.file": {
      const state = await session.container(parent, signal);
      return await fileOf(state, pathOf(state, args), signal);
    }
    case "Container.asTarball":
      return await imageFile(session, parent, args, signal);
    case "File.withName":
      return renamed(session, await session.file(parent, signal), textOf(args, "name"));
    case "File.withTimestamps":
      if (numberOf(args, "timestamp") === 0) return await session.file(parent, signal);
      throw new RecipeProblem(
        "File.withTimestamps(timestamp:) other than 0 is not part of the embedded engine; Dagger Engine has it",
      );
    default:
      throw new Error(`no file is made by ${recipe.operation}`);
  }
}

function newFile(session: Session, args: Arguments): FileTree {
  const name = textOf(args, "name");
  const contents = textOf(args, "contents");
  const permissions = numberOf(args, "permissions");
  const key = hashOf({ file: name, contents, permissions });
  return {
    key,
    cheap: true,
    name,
    open: async (signal) =>
      await session
        .derive(
          key,
          signal,
          async () => await withNewFile(session.layers, EMPTY_DIRECTORY, name, contents, { permissions }),
        )
        .then(({ snapshot }) => ({ snapshot, path: name })),
  };
}

function renamed(session: Session, file: FileTree, name: string): FileTree {
  const key = hashOf({ name, of: file.key });
  return {
    key,
    cheap: file.cheap,
    name,
    open: async (signal) => {
      const directory = await session.derive(
        key,
        signal,
        async (later) => await withFile(session.layers, EMPTY_DIRECTORY, name, await file.open(later)),
      );
      return { snapshot: directory.snapshot, path: name };
    },
  };
}
