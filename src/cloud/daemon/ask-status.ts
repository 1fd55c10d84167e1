import { askDaemon } from "./ask-daemon.ts";
import { cloudPlaces } from "./cloud-places.ts";
import type { CloudStatus } from "./describe-cloud.ts";
import { readRunning } from "./state-file.ts";

const STATUS_MS = 10_000;

/** How a cloud is; `undefined` when none of that name runs. */
export async function askStatus(stateFolder: string, name: string): Promise<CloudStatus | undefined> {
  const state = readRunning(cloudPlaces(stateFolder, name).state);
  return state === undefined ? undefined : askDaemon<CloudStatus>(state, "status", undefined, STATUS_MS);
}
