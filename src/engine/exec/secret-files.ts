import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bind } from "../../machine/sandbox/types.ts";
import { isAlive, ownIdentity } from "../cache/process-identity.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";

const MEMORY = "/dev/shm";
const PREFIX = "slipway-secrets-";

/** Mounted secrets, lent to one exec as files. */
export interface SecretFiles {
  readonly binds: readonly Bind[];
  remove(): Promise<void>;
}

/**
 * Writes the mounted secrets of a container to files that the sandbox binds read-only: in memory where this machine
 * has `/dev/shm`, in a folder that only this user can read, removed when the exec has ended.
 */
export async function secretFiles(
  session: Session,
  state: ContainerState,
  signal: AbortSignal,
): Promise<SecretFiles> {
  const mounts = state.mounts.filter((mount) => mount.kind === "secret");
  if (mounts.length === 0) return { binds: [], remove: async () => {} };

  const folder = join(await place(session), `${PREFIX}${ownIdentity()}-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  const remove = async () => await rm(folder, { recursive: true, force: true });
  try {
    const binds: Bind[] = [];
    for (const mount of mounts) {
      const source = join(folder, String(binds.length));
      await writeFile(source, await session.secrets.reveal(mount.secret, signal), {
        mode: 0o600,
        flag: "wx",
      });
      await chmod(source, mount.mode);
      binds.push({ source, target: mount.path });
    }
    return { binds, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Removes secret files of processes that were killed. */
export async function sweepSecretFiles(session: Pick<Session, "layers">): Promise<void> {
  for (const folder of [MEMORY, join(session.layers.folder, "tmp")]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(PREFIX) || isAlive(name.slice(PREFIX.length))) continue;
      // Another user's cannot be removed and need not be: that user's next start does it.
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
    }
  }
}

async function place(session: Session): Promise<string> {
  try {
    await access(MEMORY, constants.W_OK);
    return MEMORY;
  } catch {
    return join(session.layers.folder, "tmp");
  }
}
