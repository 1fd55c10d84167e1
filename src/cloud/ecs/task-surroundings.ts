import type { Balancing } from "../elbv2/balancing.ts";
import type { PrivateNetwork } from "../network/private-network.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SecretVault } from "../secretsmanager/secret-vault.ts";
import type { ContainerRunner } from "./container-runner.ts";
import type { EcsStore } from "./ecs-store.ts";
import type { StoredTask } from "./types.ts";

/** What a task needs of the cloud around it. */
export interface TaskSurroundings {
  readonly runner: ContainerRunner;
  readonly network: PrivateNetwork;
  readonly balancing: Balancing;
  readonly vault: SecretVault;
  readonly store: EcsStore;
  readonly scheduler: Scheduler;
  /** Variables that the platform itself puts into a container. */
  readonly platformEnv: (task: StoredTask, container: string) => Readonly<Record<string, string>>;
}
