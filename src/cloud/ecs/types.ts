// What ECS keeps. Field names of AWS's own shapes are kept where a value is answered as it was given.

import type { Rollout } from "./rollout/types.ts";

export interface StoredCluster {
  readonly name: string;
  readonly createdAt: number;
  status: "ACTIVE" | "INACTIVE";
}

export interface SecretReference {
  readonly name: string;
  readonly valueFrom: string;
}

export interface PortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly protocol: string;
  readonly name?: string;
}

/** A container of a task definition: what the cloud acts on. `given` is all that was written, for answering. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly entryPoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly workingDirectory: string | undefined;
  readonly user: string | undefined;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly SecretReference[];
  readonly portMappings: readonly PortMapping[];
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopTimeout: number;
  /** Names of containers that must be started before. */
  readonly after: readonly string[];
  readonly given: Readonly<Record<string, unknown>>;
}

export interface StoredTaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: "ACTIVE" | "INACTIVE";
  readonly containers: readonly ContainerDefinition[];
  readonly given: Readonly<Record<string, unknown>>;
  readonly registeredAt: number;
  readonly registeredBy: string;
  deregisteredAt: number | undefined;
}

export interface ServiceBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
}

interface ServiceEvent {
  readonly id: string;
  readonly createdAt: number;
  readonly message: string;
}

export interface StoredService {
  readonly cluster: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly createdBy: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  taskDefinition: string;
  balancers: readonly ServiceBalancer[];
  graceSeconds: number;
  /** Answered as they were given: networkConfiguration, launchType, tags and such. */
  given: Readonly<Record<string, unknown>>;
  rollout: Rollout;
  /** Newest first. */
  events: ServiceEvent[];
  /** Short id → what the revision consists of. */
  revisions: Record<string, StoredRevision>;
}

export interface StoredRevision {
  readonly id: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  readonly balancers: readonly ServiceBalancer[];
}

type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

export type StopCode =
  "TaskFailedToStart" | "EssentialContainerExited" | "UserInitiated" | "ServiceSchedulerInitiated";

export interface StoredContainer {
  readonly name: string;
  readonly image: string;
  imageDigest: string | undefined;
  runtimeId: string | undefined;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  exitCode: number | undefined;
  reason: string | undefined;
}

export interface ContainerOverride {
  readonly name: string;
  readonly command: readonly string[] | undefined;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
}

export interface StoredTask {
  readonly id: string;
  readonly arn: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  /** `service:<name>` or `family:<name>`. */
  readonly group: string;
  /** Name of the service it belongs to. */
  readonly service: string | undefined;
  readonly startedBy: string | undefined;
  readonly overrides: readonly ContainerOverride[];
  /** By which RunTask is asked again after a lost answer, and what was asked with it. */
  readonly clientToken?: { readonly token: string; readonly asked: string } | undefined;
  readonly createdAt: number;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  address: string | undefined;
  healthy: boolean | undefined;
  pullStartedAt: number | undefined;
  pullStoppedAt: number | undefined;
  startedAt: number | undefined;
  stoppingAt: number | undefined;
  stoppedAt: number | undefined;
  stoppedReason: string | undefined;
  stopCode: StopCode | undefined;
  containers: StoredContainer[];
}
