import type { Bind } from "../../machine/sandbox/types.ts";
import { findUser, type User } from "../operations/users.ts";
import { EMPTY_DIRECTORY } from "../filesystem/types.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import type { MachineSettings } from "../settings/machine-settings.ts";
import type { ComposedRoot } from "./compose-root.ts";

const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Who a process is and what it has in its environment. */
export interface ProcessWorld {
  readonly env: Readonly<Record<string, string>>;
  readonly user: User;
}

/** The user and the whole environment of a process in a container. Nothing is inherited but the machine's settings. */
export async function processWorld(
  session: Session,
  state: ContainerState,
  root: ComposedRoot,
  machine: MachineSettings,
  signal: AbortSignal,
): Promise<ProcessWorld> {
  const user = await findUser({ ...EMPTY_DIRECTORY, snapshot: root.root }, state.config.user);
  const secrets: Record<string, string> = {};
  for (const [name, secret] of state.secretVariables)
    secrets[name] = await session.secrets.reveal(secret, signal);

  return {
    user,
    env: {
      PATH: USUAL_PATH,
      HOME: user.home,
      ...machine.env,
      ...Object.fromEntries(state.config.env),
      ...Object.fromEntries(state.volatileVariables),
      ...secrets,
    },
  };
}

/** The host base's folders, read-only. */
export function baseBinds(state: ContainerState): Bind[] {
  return (state.base?.binds ?? []).map(({ source, target }) => ({ source, target }));
}
