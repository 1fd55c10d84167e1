import { findSnapshot } from "../filesystem/layer-store.ts";
import type { Snapshot } from "../filesystem/types.ts";
import type { ExecOutcome } from "../state/exec.ts";
import type { Session } from "../state/session.ts";

/** An outcome on disk: layers by their ids. */
interface KeptOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly combined: string;
  readonly root: readonly string[];
  readonly mounts: Readonly<Record<string, readonly string[]>>;
}

/** The outcome of an earlier run, or undefined when there is none or one of its layers is gone. */
export async function findOutcome(session: Session, key: string): Promise<ExecOutcome | undefined> {
  const kept = await session.results.find<KeptOutcome>(key);
  if (kept === undefined) return undefined;

  const root = await findSnapshot(session.layers, kept.root);
  const mounts: Record<string, Snapshot> = {};
  for (const [path, ids] of Object.entries(kept.mounts)) {
    const snapshot = await findSnapshot(session.layers, ids);
    if (snapshot === undefined) return undefined;
    mounts[path] = snapshot;
  }
  return root === undefined ? undefined : { ...kept, root, mounts };
}

/** Keeps an outcome for later runs. */
export async function keepOutcome(session: Session, key: string, outcome: ExecOutcome): Promise<void> {
  const kept: KeptOutcome = {
    ...outcome,
    root: idsOf(outcome.root),
    mounts: Object.fromEntries(
      Object.entries(outcome.mounts).map(([path, snapshot]) => [path, idsOf(snapshot)]),
    ),
  };
  await session.results.keep(key, kept);
}

function idsOf(snapshot: Snapshot): string[] {
  return snapshot.layers.map(({ id }) => id);
}
