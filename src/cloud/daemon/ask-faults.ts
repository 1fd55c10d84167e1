import type { FaultRule, FaultState } from "../faults/fault-plan.ts";
import { askDaemon } from "./ask-daemon.ts";
import { cloudPlaces } from "./cloud-places.ts";
import { readRunning } from "./state-file.ts";

const FAULTS_MS = 10_000;

/** Sets the rules by which calls go wrong, when there are new ones; `undefined` when no cloud of that name runs. */
export async function askFaults(
  stateFolder: string,
  name: string,
  rules: readonly FaultRule[] | undefined,
): Promise<readonly FaultState[] | undefined> {
  const state = readRunning(cloudPlaces(stateFolder, name).state);
  if (state === undefined) return undefined;
  const wish = rules === undefined ? {} : { rules };
  return (await askDaemon<{ readonly rules: readonly FaultState[] }>(state, "faults", wish, FAULTS_MS)).rules;
}
