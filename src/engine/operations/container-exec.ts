import { flagOf, optionalTextOf, textOf, textsOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Arguments } from "../graph/recipe.ts";
import type { Snapshot } from "../filesystem/types.ts";
import type { ContainerState, Mount } from "../state/container.ts";
import type { Expectation } from "../state/exec.ts";
import type { DirectoryTree, FileTree } from "../state/trees.ts";
import { absolutePath, expandVariables } from "./container-paths.ts";
import { execKey } from "./exec-key.ts";
import type { ContainerOperations } from "./operation.ts";

/** Running a command: the exec itself happens when somebody asks for its output or for the files it made. */
export const execOperations: ContainerOperations = {
  withExec: async (state, args, session, signal) => {
    const request = {
      argv: commandOf(state, args),
      stdin: textOf(args, "stdin"),
      stdinFrom: pathOrNothing(state, args, "redirectStdin"),
      stdoutTo: pathOrNothing(state, args, "redirectStdout"),
      stderrTo: pathOrNothing(state, args, "redirectStderr"),
      expect: textOf(args, "expect") as Expectation,
    };
    const key = await execKey(session, state, request, signal);
    const run = async (later: AbortSignal) => await session.execs.run(key, state, request, later);

    const root: DirectoryTree = {
      key,
      cheap: false,
      open: async (later) => ({ snapshot: (await run(later)).root, path: "" }),
    };
    return {
      ...state,
      root,
      mounts: state.mounts.map((mount) => afterExec(mount, key, run)),
      lastExec: run,
    };
  },
};

/** The command that `args`, `useEntrypoint` and `expand` describe; without args the container's own. */
export function commandOf(state: ContainerState, args: Arguments): readonly string[] {
  const written = textsOf(args, "args");
  const { entrypoint, defaultArgs, env } = state.config;
  const own = written.length > 0 ? written : defaultArgs;
  const useEntrypoint = flagOf(args, "useEntrypoint");
  const argv = useEntrypoint ? [...entrypoint, ...own] : own;
  if (argv.length === 0) throw new RecipeProblem("no command has been set");
  return flagOf(args, "expand") ? argv.map((word) => expandVariables(word, env)) : argv;
}

/** A mount as the exec left it: what it wrote below a mounted directory belongs to the mount. */
function afterExec(
  mount: Mount,
  key: string,
  run: (signal: AbortSignal) => Promise<{ mounts: Readonly<Record<string, Snapshot>> }>,
): Mount {
  if (mount.kind === "directory" && !mount.readOnly) {
    const tree: DirectoryTree = {
      key: `${key}:${mount.path}`,
      cheap: false,
      open: async (signal) => ({ snapshot: await left(signal), path: mount.path.slice(1) }),
    };
    return { ...mount, tree, placed: true };
  }
  if (mount.kind === "file") {
    const tree: FileTree = {
      key: `${key}:${mount.path}`,
      cheap: false,
      name: mount.tree.name,
      open: async (signal) => ({ snapshot: await left(signal), path: mount.path.slice(1) }),
    };
    return { ...mount, tree, placed: true };
  }
  return mount;

  async function left(signal: AbortSignal): Promise<Snapshot> {
    const snapshot = (await run(signal)).mounts[mount.path];
    if (snapshot === undefined) throw new Error(`the exec did not answer its mount ${mount.path}`);
    return snapshot;
  }
}

function pathOrNothing(state: ContainerState, args: Arguments, name: string): string | undefined {
  const path = optionalTextOf(args, name);
  if (path === undefined) return undefined;
  return absolutePath(state, flagOf(args, "expand") ? expandVariables(path, state.config.env) : path);
}
