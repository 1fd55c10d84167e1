/** A service of one environment, in our words. */
export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

/** What a component runs, complete: registering it twice gives the same revision. */
export interface TaskSpec {
  readonly family: string;
  readonly image: string;
  readonly entrypoint: readonly string[];
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
  readonly network: ServiceNetwork | undefined;
}

export interface ServiceNetwork {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicAddress: boolean;
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
