import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openDataFolder } from "../../machine/postgres/data-folder.ts";
import { serverIdentity } from "../../machine/postgres/identity.ts";
import { removeTree } from "../containers/remove-tree.ts";
import { askDaemon } from "./ask-daemon.ts";
import { takeLock } from "./cloud-lock.ts";
import { cloudPlaces, type CloudPlaces } from "./cloud-places.ts";
import type { StoppedParts } from "./running-cloud.ts";
import { isRunning, readRunning, type CloudState } from "./state-file.ts";

export interface BroughtDown {
  readonly name: string;
  /** `undefined`: none ran. */
  readonly stopped:
    | { readonly pid: number; readonly endpoint: string; readonly tasks: number; readonly database: boolean }
    | undefined;
  /** Its data was deleted. */
  readonly purged: boolean;
}

const STOP_MS = 60_000;
const GONE_MS = 10_000;

/**
 * Stops a cloud and everything it started; one that does not answer is killed, and its children end with it. Throws
 * CLOUD_BUSY (exit 30) when another process is just starting it.
 */
export async function bringDown(stateFolder: string, name: string, purge: boolean): Promise<BroughtDown> {
  const places = cloudPlaces(stateFolder, name);
  const state = readRunning(places.state);
  const stopped = state === undefined ? undefined : await stopDaemon(state);
  // One that is just coming up has no state yet, but its lock; its data is not to be deleted under it.
  const release = takeLock(places.lock);
  try {
    rmSync(places.state, { force: true });
    if (purge) await deleteData(places);
  } finally {
    release();
  }
  return { name, stopped, purged: purge };
}

async function deleteData(places: CloudPlaces): Promise<void> {
  // Root's databases may lie elsewhere, where their server's user can reach them.
  const postgres = join(places.folder, "postgres");
  if (existsSync(postgres)) openDataFolder(postgres, serverIdentity()).remove();
  await removeTree(places.folder);
  for (const file of [places.log, places.lock]) rmSync(file, { force: true });
}

async function stopDaemon(state: CloudState): Promise<BroughtDown["stopped"]> {
  const parts = await askDaemon<StoppedParts>(state, "stop", undefined, STOP_MS).catch(() => undefined);
  if (!(await gone(state, parts === undefined ? 0 : GONE_MS))) {
    process.kill(state.pid, "SIGTERM");
    if (!(await gone(state, GONE_MS))) process.kill(state.pid, "SIGKILL");
    await gone(state, GONE_MS);
  }
  return {
    pid: state.pid,
    endpoint: state.endpoint,
    tasks: parts?.tasks ?? 0,
    database: parts?.database ?? true,
  };
}

async function gone(state: CloudState, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isRunning(state)) {
    if (performance.now() >= deadline) return false;
    await new Promise((done) => setTimeout(done, 20));
  }
  return true;
}
