import type { Snapshot } from "../filesystem/types.ts";

/** What an exec left behind. Its output is scrubbed already. */
export interface ExecOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order in which they were read. */
  readonly combined: string;
  readonly root: Snapshot;
  /** The mounted directories and files after it, by mount path. */
  readonly mounts: Readonly<Record<string, Snapshot>>;
}

/** Exit codes that an exec may end with, as Dagger reads `expect`. */
export type Expectation = "SUCCESS" | "FAILURE" | "ANY";
