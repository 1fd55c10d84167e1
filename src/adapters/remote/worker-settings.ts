import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { SeedsToKeep } from "../../core/seed/types.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CallerBox } from "../../ports/letterbox.ts";
import type { WorkerTasks } from "../../ports/worker-tasks.ts";

/** For whom a worker works, how it is started and how it is spoken to. */
export interface WorkerSettings {
  readonly app: string;
  readonly env: string;
  readonly box: CallerBox;
  readonly tasks: WorkerTasks;
  readonly clock: Clock;
  /** Version of Slipway. */
  readonly tool: string;
  /** A new run's id, a UUID. */
  readonly newRun: () => string;
  readonly note: (says: string) => void;
  /** Ends the wait for a worker that is to come. */
  readonly stop: AbortSignal;
}

export interface CallOptions {
  readonly fence?: number;
  readonly signal?: AbortSignal;
  readonly tell?: ((event: MigrationEvent) => void) | undefined;
  /** Told what is about to be kept; unless it was told, it is not kept. */
  readonly keeping?: ((seeds: SeedsToKeep) => void) | undefined;
}
