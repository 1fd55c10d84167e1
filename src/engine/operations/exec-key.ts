import { hashOf } from "../graph/recipe.ts";
import type { ContainerState, Mount } from "../state/container.ts";
import type { Expectation } from "../state/exec.ts";
import type { Session } from "../state/session.ts";

/** What is to run in a container, variables replaced and paths absolute. */
export interface ExecRequest {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly stdinFrom: string | undefined;
  readonly stdoutTo: string | undefined;
  readonly stderrTo: string | undefined;
  readonly expect: Expectation;
}

/**
 * The key of an exec's result: everything that it can depend on. Of a cache volume only the name counts, of a secret
 * a salted hash of its value; volatile variables and this machine's network settings do not count.
 */
export async function execKey(
  session: Session,
  state: ContainerState,
  request: ExecRequest,
  signal: AbortSignal,
): Promise<string> {
  return hashOf({
    exec: { ...request, stdin: session.secrets.hash(request.stdin) },
    in: await worldOf(session, state, signal),
  });
}

/** The part of the key that a service shares: where the command runs. */
export async function worldOf(
  session: Session,
  state: ContainerState,
  signal: AbortSignal,
): Promise<unknown> {
  const { config } = state;
  return {
    platform: state.platform,
    root: state.root.key,
    base: state.base?.name ?? null,
    env: [...config.env].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    user: config.user,
    workdir: config.workdir,
    mounts: await Promise.all(state.mounts.map(async (mount) => await mountKey(session, mount, signal))),
    secrets: await Promise.all(
      [...state.secretVariables].map(async ([name, secret]) => [
        name,
        await session.secrets.keyOf(secret, signal),
      ]),
    ),
    services: await Promise.all(
      state.services.map(async ({ alias, service }) => [alias, (await session.service(service, signal)).key]),
    ),
  };
}

async function mountKey(session: Session, mount: Mount, signal: AbortSignal): Promise<unknown> {
  const { path, kind } = mount;
  switch (mount.kind) {
    case "directory":
      return { path, kind, tree: mount.tree.key, readOnly: mount.readOnly };
    case "file":
      return { path, kind, tree: mount.tree.key };
    case "cache":
      return { path, kind, volume: mount.volume };
    case "temporary":
      return { path, kind };
    case "secret":
      return { path, kind, mode: mount.mode, value: await session.secrets.keyOf(mount.secret, signal) };
    default:
      return mount satisfies never;
  }
}
