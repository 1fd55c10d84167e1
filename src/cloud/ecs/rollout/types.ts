// What a rolling deployment knows, asks for and is told. Plain data: it survives being written to disk and read back.

export interface BreakerRules {
  readonly enable: boolean;
  readonly rollback: boolean;
  /** A task that gets healthy makes the failures before it forgotten. */
  readonly resetOnHealthyTask: boolean;
  readonly threshold: {
    readonly type: "BOUNDED_PERCENT" | "UNBOUNDED_PERCENT" | "COUNT";
    readonly value: number;
  };
}

export interface RolloutRules {
  desired: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  breaker: BreakerRules;
  /** Milliseconds before a task is started again after failures in a row; doubles with each one. */
  restartDelayMs: number;
}

/**
 * `starting`: not RUNNING yet. `running`: RUNNING, its health not known. `healthy`: counts. `leaving`: told to stop,
 * draining or gone soon; it counts for nothing any more.
 */
type RolloutTaskPhase = "starting" | "running" | "healthy" | "leaving";

export interface RolloutTask {
  readonly id: string;
  readonly deployment: string;
  phase: RolloutTaskPhase;
}

/** One of a service's deployments; the first of the list is the primary one. */
export interface RolloutDeployment {
  readonly id: string;
  /** Short id of the service revision it brings. */
  readonly revision: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  updatedAt: number;
  state: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  reason: string;
  /** Tasks that failed since the deployment began. */
  failedTasks: number;
  /** What the circuit breaker counts. */
  failures: number;
  /** Failures in a row, for the delay before the next start. */
  inARow: number;
  /** No task is started before this time. */
  notBefore: number;
}

type ServiceDeploymentStatus =
  | "PENDING"
  | "IN_PROGRESS"
  | "SUCCESSFUL"
  | "STOP_REQUESTED"
  | "STOPPED"
  | "ROLLBACK_REQUESTED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCESSFUL"
  | "ROLLBACK_FAILED";

/** The story of one deployment of the service, kept after it has ended. */
export interface ServiceDeploymentStory {
  readonly id: string;
  readonly deployment: string;
  readonly revision: string;
  readonly sources: readonly string[];
  readonly createdAt: number;
  startedAt: number | undefined;
  updatedAt: number;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  status: ServiceDeploymentStatus;
  statusReason: string | undefined;
  rollback: { readonly reason: string; readonly startedAt: number; readonly revision: string } | undefined;
  failures: number;
  threshold: number;
  triggered: boolean;
}

export interface Rollout {
  rules: RolloutRules;
  deployments: RolloutDeployment[];
  tasks: RolloutTask[];
  /** Newest first. */
  stories: ServiceDeploymentStory[];
  /** What a rollback goes back to: the newest deployment that completed. */
  lastCompleted:
    { readonly deployment: string; readonly revision: string; readonly taskDefinition: string } | undefined;
  steady: boolean;
}

export type RolloutEvent =
  | { readonly kind: "deploy"; readonly revision: string; readonly taskDefinition: string }
  | { readonly kind: "change-rules"; readonly rules: Partial<RolloutRules> }
  | { readonly kind: "stop"; readonly how: "ROLLBACK" | "ABORT" }
  | { readonly kind: "task-running"; readonly task: string }
  | { readonly kind: "task-healthy"; readonly task: string }
  | { readonly kind: "task-unhealthy"; readonly task: string; readonly reason: string }
  | { readonly kind: "task-stopped"; readonly task: string; readonly failed: boolean }
  | { readonly kind: "tick" };

export type RolloutAction =
  | {
      readonly kind: "start-task";
      readonly task: string;
      readonly deployment: string;
      readonly taskDefinition: string;
    }
  /** Drain it, then SIGTERM. */
  | { readonly kind: "stop-task"; readonly task: string; readonly reason: string }
  /** A line of the service's events. */
  | { readonly kind: "say"; readonly message: string }
  /** Send a `tick` at this time. */
  | { readonly kind: "wake"; readonly at: number };

/** Where the time and the new names come from. */
export interface RolloutWorld {
  readonly now: number;
  readonly newTask: () => string;
  readonly newDeployment: () => string;
  readonly newStory: () => string;
}
