import { lstat, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SandboxExit } from "../../machine/sandbox/types.ts";
import { type ExecChanges, snapshotFromExec } from "../filesystem/freeze.ts";
import { scratchFolder } from "../filesystem/layer-store.ts";
import type { Snapshot } from "../filesystem/types.ts";
import type { ExecOutcome } from "../state/exec.ts";
import type { Session } from "../state/session.ts";
import type { Launched } from "./launch.ts";

/** Makes layers of what an exec wrote: what lies below a mounted directory goes to the mount, the rest to the root. */
export async function freezeChanges(
  session: Session,
  { root, upper }: Pick<Launched, "root" | "upper">,
  exit: SandboxExit,
): Promise<Pick<ExecOutcome, "root" | "mounts">> {
  let { opaque, removed } = exit;
  const mounts: Record<string, Snapshot> = {};
  // Deepest first, so that a mount inside a mount is taken out before the outer one.
  for (const { path, snapshot } of root.mounts) {
    const place = path.slice(1);
    const changes = await takeOut(session, upper, place, { opaque, removed });
    mounts[path] =
      changes === undefined ? snapshot : await snapshotFromExec(session.layers, snapshot, changes);
    opaque = opaque.filter((entry) => !isAt(entry, place));
    removed = removed.filter((entry) => !isAt(entry, place));
  }
  return { root: await snapshotFromExec(session.layers, root.root, { upper, opaque, removed }), mounts };
}

async function takeOut(
  session: Session,
  upper: string,
  place: string,
  { opaque, removed }: Pick<SandboxExit, "opaque" | "removed">,
): Promise<ExecChanges | undefined> {
  const written = join(upper, place);
  const gone = removed.filter((entry) => isAt(entry, place));
  if (!(await exists(written)) && gone.length === 0) return undefined;

  const own = await scratchFolder(session.layers);
  await mkdir(join(own, dirname(place)), { recursive: true });
  if (await exists(written)) await rename(written, join(own, place));
  return { upper: own, opaque: opaque.filter((entry) => isAt(entry, place)), removed: gone };
}

function isAt(entry: string, place: string): boolean {
  return entry === place || entry.startsWith(`${place}/`);
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
