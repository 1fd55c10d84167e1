import type { Run } from "../lab/run.ts";
import type { ScenarioName } from "./scenarios.ts";

/** What a scenario does when nothing happens to it, and what its recovery does. */
export interface CleanRun {
  readonly run: Run;
  readonly recovery: Run;
}

export type CleanRuns = Readonly<Record<ScenarioName, CleanRun>>;
