import type { TaskSpec } from "../core/deployment/service.ts";

/** What can run, by revision. Nothing in here moves traffic. */
export interface TaskRegistry {
  /** Registers what will run and answers its revision; when the latest one is identical, that one is answered. */
  stage(task: TaskSpec): Promise<string>;
  /** Does this revision still exist, so that it can be gone back to? */
  exists(revision: string): Promise<boolean>;
}
