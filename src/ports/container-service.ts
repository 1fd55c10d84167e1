import type {
  ObservedService,
  RolloutProgress,
  RolloutSettings,
  ServiceName,
  ServiceSpec,
  StoppedTask,
} from "../core/deployment/service.ts";

/** Runs containers as services and replaces them without a gap. */
export interface ContainerService {
  /** `undefined` when there is no such service. */
  observe(name: ServiceName): Promise<ObservedService | undefined>;
  /** What bounds a change of the service, as it is set now; `undefined` when there is no such service. */
  settings(service: ServiceSpec): Promise<RolloutSettings | undefined>;
  /** Creates the service or points it at the revision, in one call, and answers the rollout's id. */
  shift(service: ServiceSpec, revision: string, desired: number): Promise<string>;
  /** How far the rollout of that id is. */
  progress(name: ServiceName, rollout: string): Promise<RolloutProgress>;
  /** The tasks that stopped lately, of whatever revision. */
  stoppedTasks(name: ServiceName): Promise<readonly StoppedTask[]>;
  /** Scales the service to 0 and waits for nothing. */
  stop(name: ServiceName): Promise<void>;
  /** Where people reach the service, without a slash at the end. */
  url(service: ServiceSpec): Promise<string>;
}
