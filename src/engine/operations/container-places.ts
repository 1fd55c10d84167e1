import type { Directory } from "../filesystem/types.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { ContainerState, Mount } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree, FileTree, Tree } from "../state/trees.ts";
import { belowRoot, isWithin } from "./container-paths.ts";
import { deriveDirectory, fileIn, subdirectory } from "./derive-tree.ts";

/** Where in a container an absolute path lies: in a mounted directory, or in the root. */
interface Place {
  readonly tree: DirectoryTree;
  /** Relative to the tree. */
  readonly path: string;
  readonly replace: (tree: DirectoryTree) => ContainerState;
}

/** One change to the container's files at an absolute path; `inputs` says what the change depends on besides `sources`. */
export function writeAt(
  session: Session,
  state: ContainerState,
  path: string,
  change: {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly sources?: readonly Tree<unknown>[];
    readonly make: (target: Directory, path: string, signal: AbortSignal) => Promise<Directory>;
  },
): ContainerState {
  const place = placeOf(state, path);
  const tree = deriveDirectory(
    session,
    { ...change.inputs, path: place.path },
    [place.tree, ...(change.sources ?? [])],
    async (signal) => await change.make(await place.tree.open(signal), place.path, signal),
  );
  return place.replace(tree);
}

/** The directory at an absolute path of the container, mounts included. */
export async function directoryOf(
  state: ContainerState,
  path: string,
  signal: AbortSignal,
): Promise<DirectoryTree> {
  const place = placeOf(state, path);
  return await subdirectory(place.tree, place.path, signal);
}

/** The file at an absolute path of the container, mounts included. */
export async function fileOf(state: ContainerState, path: string, signal: AbortSignal): Promise<FileTree> {
  const mounted = state.mounts.find((mount) => mount.kind === "file" && mount.path === path);
  if (mounted?.kind === "file") return mounted.tree;
  const place = placeOf(state, path);
  return await fileIn(place.tree, place.path, signal);
}

/** Where the path lies. Throws a RecipeProblem for a mount that is no part of the container's files. */
export function placeOf(state: ContainerState, path: string): Place {
  const mount = state.mounts
    .filter((candidate) => isWithin(path, candidate.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  if (mount === undefined) {
    return { tree: state.root, path: belowRoot(path), replace: (root) => ({ ...state, root }) };
  }
  if (mount.kind !== "directory") throw new RecipeProblem(`${path} lies in a mounted ${mount.kind}`);
  return {
    tree: mount.tree,
    path: belowRoot(path.slice(mount.path === "/" ? 0 : mount.path.length)),
    replace: (tree) => replaceMount(state, { ...mount, tree }),
  };
}

/** The state with a mount at the place of the one that was there. */
export function replaceMount(state: ContainerState, mount: Mount): ContainerState {
  return { ...state, mounts: [...state.mounts.filter(({ path }) => path !== mount.path), mount] };
}
