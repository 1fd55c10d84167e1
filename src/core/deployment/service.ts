// A service as the platform runs it, in our words. Types only.

import type { TaskEnvironment } from "../config/types.ts";

/** A service of one environment, in our words. */
export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

/** What a component runs, complete: registering it twice gives the same revision. */
export interface TaskSpec {
  readonly family: string;
  readonly image: string;
  readonly container: string;
  readonly cpu: number;
  readonly memory: number;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Environment variable → the platform's name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly executionRole: string | undefined;
  readonly taskRole: string | undefined;
}

export interface ServiceSpec extends ServiceName {
  /** Name of the load balancer's target group that receives the service's tasks. */
  readonly targetGroup: string;
  readonly container: string;
  readonly port: number;
  /** Where the tasks run; undefined on the local cloud. */
  readonly tasks: TaskEnvironment | undefined;
}

export interface ObservedService {
  /** The task definition the service is at, or on its way to. */
  readonly revision: string;
  readonly image: string;
  readonly desired: number;
  readonly running: number;
  /** The platform's id of a deployment that has not ended, if one is under way. */
  readonly underWay: string | undefined;
}

/** How far one deployment of the platform is. Ours is known by its id; another one's news never counts. */
export interface RolloutProgress {
  readonly state:
    "pending" | "in-progress" | "successful" | "stopped" | "rolling-back" | "rolled-back" | "rollback-failed";
  /** The revision this rollout goes to. */
  readonly revision: string;
  readonly reason: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
}

/** Why a task is gone. The platform forgets it within the hour, so it is asked for while the rollout runs. */
export interface StoppedTask {
  readonly task: string;
  readonly revision: string;
  readonly reason: string;
  readonly exitCode: number | undefined;
}

/** What the platform is set to, live, that bounds how long a change of it may take. Seconds; undefined: it has none. */
export interface RolloutSettings {
  /** Between two looks of the health check, and how many good ones make a task healthy. */
  readonly healthIntervalSeconds: number;
  readonly healthyThreshold: number;
  /** How long an old task may finish its requests. */
  readonly drainSeconds: number;
  /** From SIGTERM to SIGKILL. */
  readonly stopSeconds: number;
  /** How many tasks may be replaced at once, as a share of the desired ones; 1: all of them. */
  readonly surge: number;
}
