import { chmod } from "node:fs/promises";
import { scratchFolder } from "../filesystem/layer-store.ts";
import { removeTree } from "../filesystem/remove-tree.ts";
import { startSandbox } from "../../machine/sandbox/start.ts";
import type { Bind, RunningSandbox } from "../../machine/sandbox/types.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { type ComposedRoot, composeRoot } from "./compose-root.ts";
import { givenDatabases } from "./given-databases.ts";
import { baseBinds, processWorld } from "./process-world.ts";
import { secretFiles } from "./secret-files.ts";

export interface LaunchRequest {
  readonly argv: readonly string[];
  readonly stdin?: string | Uint8Array;
  readonly hostname?: string;
  readonly onOutput: (chunk: Buffer, stream: "stdout" | "stderr") => void;
  /** Kills the process. */
  readonly signal: AbortSignal;
}

/** A process running in a container. */
export interface Launched {
  readonly sandbox: RunningSandbox;
  readonly root: ComposedRoot;
  /** The folder that receives its changes. */
  readonly upper: string;
  /** Gives back what was lent and removes what is left of `upper`. Call it once the process has ended. */
  release(): Promise<void>;
}

/** Starts a command in a container: its files, mounts, services, secrets and environment are put together first. */
export async function launch(
  session: Session,
  state: ContainerState,
  request: LaunchRequest,
): Promise<Launched> {
  const { signal } = request;
  const undo: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const [root, reaches, outbound, machine] = await Promise.all([
      composeRoot(session, state, signal),
      session.services.reaches(state, signal),
      givenDatabases(session, state, signal),
      session.machine(signal),
      session.sandbox(signal),
    ]);
    const { env, user } = await processWorld(session, state, root, machine, signal);

    const volumes: Bind[] = [];
    for (const mount of state.mounts) {
      if (mount.kind !== "cache") continue;
      const lent = await session.volumes.lend(mount, signal);
      undo.push(async () => await lent.release());
      volumes.push({ source: lent.folder, target: mount.path, writable: true });
    }
    const secrets = await secretFiles(session, state, signal);
    undo.push(async () => await secrets.remove());

    const upper = await scratchFolder(session.layers);
    // It lends its own mode to the root directory that the process sees.
    await chmod(upper, 0o755);
    undo.push(async () => await removeTree(upper));
    const [program, ...rest] = request.argv;
    if (program === undefined) throw new RecipeProblem("no command has been set");

    const sandbox = await startSandbox({
      root: { layers: root.layers, upper },
      binds: [...baseBinds(state), ...machine.binds, ...root.binds, ...volumes, ...secrets.binds],
      temporary: state.mounts.filter(({ kind }) => kind === "temporary").map(({ path }) => path),
      argv: [program, ...rest],
      env,
      cwd: state.config.workdir,
      uid: user.uid,
      gid: user.gid,
      reaches,
      outbound,
      signal,
      onOutput: request.onOutput,
      ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
      ...(request.hostname === undefined ? {} : { hostname: request.hostname }),
    });
    return { sandbox, root, upper, release };
  } catch (error) {
    await release();
    throw error;
  }
}
