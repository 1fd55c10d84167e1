import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { processStart } from "./process-start.ts";
import type { BalancerAddress } from "./describe-cloud.ts";

/** What a running cloud writes down about itself. Holds passwords: only its owner may read the file. */
export interface CloudState {
  readonly name: string;
  readonly pid: number;
  /** Tells the process from a later one with the same number. */
  readonly processStart: string;
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly registry: string;
  /** Superuser of the cloud's Postgres. */
  readonly databaseUrl: string;
  readonly ledgerUrl: string;
  readonly loadBalancers: readonly BalancerAddress[];
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** Opens the daemon's own door. */
  readonly controlToken: string;
}

export function writeState(path: string, state: CloudState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The state of a cloud that really runs. One that a crash left behind is deleted and answered as `undefined`. */
export function readRunning(path: string): CloudState | undefined {
  let state: CloudState;
  try {
    state = JSON.parse(readFileSync(path, "utf8")) as CloudState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (isRunning(state)) return state;
  rmSync(path, { force: true });
  return undefined;
}

export function isRunning(state: Pick<CloudState, "pid" | "processStart">): boolean {
  return Number.isInteger(state.pid) && processStart(state.pid) === state.processStart;
}
