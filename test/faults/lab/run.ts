import type { DeploymentReport } from "../../../src/core/deployment/report.ts";
import type { SeenCall } from "../proxies/aws-fault-proxy.ts";
import type { TracedCall } from "../process/order.ts";

/** One run of the CLI, from its start to its end, as seen from outside. */
export interface Run {
  readonly argv: readonly string[];
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly SeenCall[];
  readonly trace: readonly TracedCall[];
  /** It was still there at its deadline, and was killed by the harness. */
  readonly overran: boolean;
}

/** The document that the run printed; undefined when it printed none. */
export function reportOf(run: Run): DeploymentReport | undefined {
  try {
    return JSON.parse(run.stdout) as DeploymentReport;
  } catch {
    return undefined;
  }
}

/** Calls that reached the cloud and may have changed something there. */
export function mutations(run: Run): readonly SeenCall[] {
  return run.calls.filter(({ isRead, passed }) => !isRead && passed);
}

/** Whether the signal that it was to be hit by was sent. */
export function wasHit(run: Run): boolean {
  return run.trace.some(({ hit }) => hit === true);
}

/** Positions of the records that the run was told are written. */
export function acknowledged(run: Run): readonly number[] {
  return run.trace.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
}
