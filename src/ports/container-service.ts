import type {
  ObservedService,
  RolloutProgress,
  ServiceName,
  ServiceSpec,
  StoppedTask,
  TaskSpec,
} from "../core/deployment/service.ts";

/** Runs containers as services and replaces them without a gap. */
export interface ContainerService {
  /** `undefined` when there is no such service. */
  observe(name: ServiceName): Promise<ObservedService | undefined>;
  /** Registers what will run; an identical one that exists is answered instead. */
  stage(task: TaskSpec): Promise<string>;
  /** Does this revision still exist, so that it can be gone back to? */
  exists(revision: string): Promise<boolean>;
  /** Creates the service or points it at the revision, in one call, and answers the rollout's id. */
  shift(service: ServiceSpec, revision: string, desired: number): Promise<string>;
  progress(name: ServiceName, rollout: string): Promise<RolloutProgress>;
  stoppedTasks(name: ServiceName): Promise<readonly StoppedTask[]>;
  /** Where people reach the service, without a slash at the end. */
  url(service: ServiceSpec): Promise<string>;
}
