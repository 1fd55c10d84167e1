import { join } from "node:path";
import { asRoot, flatten } from "../filesystem/flatten.ts";
import { EMPTY_DIRECTORY, type Snapshot } from "../filesystem/types.ts";
import { withDirectory } from "../filesystem/with-directory.ts";
import { withNewDirectory } from "../filesystem/with-new-directory.ts";
import { withFile } from "../filesystem/with-file.ts";
import { without } from "../filesystem/without.ts";
import type { Bind } from "../../machine/sandbox/types.ts";
import { hashOf } from "../graph/recipe.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { belowRoot, isWithin } from "../operations/container-paths.ts";
import type { ContainerState, Mount } from "../state/container.ts";
import type { Session } from "../state/session.ts";

/** overlayfs takes a limited number of lower folders, and each one costs time at mount. */
const MOST_LAYERS = 60;

/** What a sandbox's root is put together from, and where its changes belong afterwards. */
export interface ComposedRoot {
  /** The container's own files. */
  readonly root: Snapshot;
  /** Mounted directories and files, deepest path first; what is written below `path` belongs to them. */
  readonly mounts: readonly { readonly path: string; readonly snapshot: Snapshot }[];
  /** Folders to mount, lowest first. */
  readonly layers: readonly string[];
  readonly binds: readonly Bind[];
}

/** Opens a container's files and lays its mounted directories over them. */
export async function composeRoot(
  session: Session,
  state: ContainerState,
  signal: AbortSignal,
): Promise<ComposedRoot> {
  const owner = ownerOf(state, state.config.workdir);
  const own = (await state.root.open(signal)).snapshot;
  const root = owner === undefined ? await withWorkdir(session, state, own) : own;
  const placed = await Promise.all(
    state.mounts.map(async (mount) => {
      const snapshot = await place(session, mount, signal);
      if (snapshot === undefined) return [];
      const { path, kind } = mount;
      return [
        { path, kind, snapshot: mount === owner ? await withWorkdir(session, state, snapshot) : snapshot },
      ];
    }),
  );
  const mounts = placed.flat();

  let visible = root;
  for (const { path, kind, snapshot } of mounts.toSorted((a, b) => a.path.length - b.path.length)) {
    // A mounted directory hides what was there instead of being merged with it.
    const hidden = kind === "directory" ? await hide(session, visible, path) : visible;
    visible = { layers: [...hidden.layers, ...snapshot.layers] };
  }
  const flat = await flatten(session.layers, visible, MOST_LAYERS);

  return {
    root,
    mounts: mounts.toSorted((a, b) => b.path.length - a.path.length),
    layers: flat.layers.map(({ folder }) => folder),
    binds: await readOnlyBinds(session, state, signal),
  };
}

/** The mount in which a path lies; undefined: the root. */
function ownerOf(state: ContainerState, path: string): Mount | undefined {
  return state.mounts
    .filter((mount) => isWithin(path, mount.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** A working directory that is not there is made, as container runtimes do. */
async function withWorkdir(session: Session, state: ContainerState, snapshot: Snapshot): Promise<Snapshot> {
  const path = belowRoot(state.config.workdir);
  return path === ""
    ? snapshot
    : (await withNewDirectory(session.layers, { snapshot, path: "" }, path)).snapshot;
}

async function place(session: Session, mount: Mount, signal: AbortSignal): Promise<Snapshot | undefined> {
  if (mount.kind !== "directory" && mount.kind !== "file") return undefined;
  if (mount.kind === "directory" && mount.readOnly) return undefined;
  if (mount.path === "/") throw new RecipeProblem("nothing can be mounted at /; use withRootfs");
  if (mount.placed) return (await mount.tree.open(signal)).snapshot;

  const path = mount.path.slice(1);
  const key = hashOf({ place: mount.kind, path, of: mount.tree.key });
  const directory = await session.derive(key, signal, async (later) =>
    mount.kind === "directory"
      ? await withDirectory(session.layers, EMPTY_DIRECTORY, path, await mount.tree.open(later))
      : await withFile(session.layers, EMPTY_DIRECTORY, path, await mount.tree.open(later)),
  );
  return directory.snapshot;
}

async function hide(session: Session, snapshot: Snapshot, path: string): Promise<Snapshot> {
  return (await without(session.layers, { snapshot, path: "" }, path.slice(1))).snapshot;
}

/** A read-only mounted directory is one folder that the sandbox binds. */
async function readOnlyBinds(session: Session, state: ContainerState, signal: AbortSignal): Promise<Bind[]> {
  const binds: Bind[] = [];
  for (const mount of state.mounts) {
    if (mount.kind !== "directory" || !mount.readOnly) continue;
    const own = await asRoot(session.layers, await mount.tree.open(signal));
    const [only] = (await flatten(session.layers, own, 1)).layers;
    binds.push({ source: only?.folder ?? (await emptyFolder(session)), target: mount.path });
  }
  return binds;
}

/** An empty directory has no layer at all, but a bind needs a folder. */
async function emptyFolder(session: Session): Promise<string> {
  const [layer] = (await withNewDirectory(session.layers, EMPTY_DIRECTORY, "empty")).snapshot.layers;
  if (layer === undefined) throw new Error("a new directory made no layer");
  return join(layer.folder, "empty");
}
