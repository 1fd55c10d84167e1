import type { Balancing } from "../elbv2/balancing.ts";
import type { PrivateNetwork } from "../network/private-network.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SecretVault } from "../secretsmanager/secret-vault.ts";
import type { ContainerRunner, RunningContainer } from "./container-runner.ts";
import type { EcsStore } from "./ecs-store.ts";
import { readSecret } from "./read-secret.ts";
import { startOrder } from "./start-order.ts";
import type {
  ContainerDefinition,
  ServiceBalancer,
  StopCode,
  StoredContainer,
  StoredTask,
  StoredTaskDefinition,
} from "./types.ts";

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

export interface TaskNews {
  running(): void;
  /** `failed`: nobody had asked for it. */
  stopped(failed: boolean): void;
}

interface Stop {
  readonly reason: string;
  readonly code: StopCode;
  /** The cloud itself ends: no draining, and little patience with the process. */
  readonly hurry?: boolean;
}

const HURRY_MS = 2_000;

/** One task from its order to its end: images, secrets, processes, load balancer, draining, stop. */
export class LiveTask {
  readonly task: StoredTask;
  readonly #definition: StoredTaskDefinition;
  readonly #balancers: readonly ServiceBalancer[];
  readonly #cloud: TaskSurroundings;
  readonly #news: TaskNews;
  readonly #containers = new Map<string, RunningContainer>();
  readonly #stopAsked: Promise<Stop>;
  #askStop: (stop: Stop) => void = () => undefined;
  #stop: Stop | undefined;

  constructor(
    task: StoredTask,
    definition: StoredTaskDefinition,
    balancers: readonly ServiceBalancer[],
    cloud: TaskSurroundings,
    news: TaskNews,
  ) {
    this.task = task;
    this.#definition = definition;
    this.#balancers = balancers;
    this.#cloud = cloud;
    this.#news = news;
    this.#stopAsked = new Promise((done) => (this.#askStop = done));
  }

  /** Asks the task to end: it leaves its load balancers first, then gets SIGTERM. */
  stop(reason: string, code: StopCode, hurry = false): void {
    if (this.#stop !== undefined) return;
    this.#stop = { reason, code, hurry };
    this.task.desiredStatus = "STOPPED";
    this.#askStop(this.#stop);
  }

  /** Lives the task's whole life. Resolves when nothing of it is left; never rejects. */
  async live(): Promise<void> {
    let end: Stop;
    try {
      await this.#prepareAndStart();
      if (this.#stop === undefined) this.#enterService();
      end = await Promise.race([this.#stopAsked, this.#essentialExit()]);
    } catch (fault) {
      end = this.#stop ?? { reason: startFailure(fault), code: "TaskFailedToStart" };
    }
    await this.#leave(end);
  }

  async #prepareAndStart(): Promise<void> {
    const { scheduler, vault, runner } = this.#cloud;
    this.#become("PENDING");
    const definitions = startOrder(this.#definition.containers);
    const secrets = new Map(
      definitions.map((one) => [
        one.name,
        one.secrets.map((secret) => [secret.name, readSecret(vault, secret)] as const),
      ]),
    );
    this.task.pullStartedAt = scheduler.now();
    await Promise.all(
      this.task.containers.map(async (container) => {
        container.imageDigest = await runner.pull(container.image);
      }),
    );
    this.task.pullStoppedAt = scheduler.now();
    for (const definition of definitions) {
      if (this.#stop !== undefined) return;
      await this.#startContainer(definition, Object.fromEntries(secrets.get(definition.name) ?? []));
    }
  }

  async #startContainer(
    definition: ContainerDefinition,
    secrets: Readonly<Record<string, string>>,
  ): Promise<void> {
    const override = this.task.overrides.find((one) => one.name === definition.name);
    const environment = [...definition.environment, ...(override?.environment ?? [])];
    const siblings = this.#definition.containers.flatMap((one) => {
      const container = this.#containers.get(one.name);
      const port = one.portMappings[0]?.containerPort;
      return container === undefined || port === undefined ? [] : [{ name: one.name, port, container }];
    });
    const container = await this.#cloud.runner.start({
      task: this.task.id,
      name: definition.name,
      image: definition.image,
      entryPoint: definition.entryPoint,
      command: override?.command ?? definition.command,
      workingDirectory: definition.workingDirectory,
      user: definition.user,
      env: {
        ...this.#cloud.platformEnv(this.task, definition.name),
        ...Object.fromEntries(environment.map(({ name, value }) => [name, value])),
        ...secrets,
      },
      port: definition.portMappings[0]?.containerPort,
      siblings,
    });
    this.#containers.set(definition.name, container);
    const record = this.task.containers.find((one) => one.name === definition.name);
    if (record === undefined) return;
    record.lastStatus = "RUNNING";
    record.runtimeId = `${this.task.id}-${definition.name}`;
    void this.#recordExit(container, record);
  }

  async #recordExit(container: RunningContainer, record: StoredContainer): Promise<void> {
    record.exitCode = await container.exited;
    record.lastStatus = "STOPPED";
  }

  #enterService(): void {
    const address = this.#cloud.network.join((port) => this.#containerFor(port).connect(port));
    this.task.address = address;
    this.#become("ACTIVATING");
    for (const one of this.#balancers) {
      this.#cloud.balancing.pool(one.targetGroupArn)?.register(address, one.containerPort);
    }
    this.task.startedAt = this.#cloud.scheduler.now();
    this.#become("RUNNING");
    this.#news.running();
  }

  #essentialExit(): Promise<Stop> {
    const essential = this.#definition.containers.filter((one) => one.essential);
    return Promise.race(
      essential.map(async (one): Promise<Stop> => {
        await this.#containers.get(one.name)?.exited;
        return { reason: "Essential container in task exited", code: "EssentialContainerExited" };
      }),
    );
  }

  async #leave(end: Stop): Promise<void> {
    const { scheduler, network } = this.#cloud;
    this.task.desiredStatus = "STOPPED";
    this.task.stoppedReason = end.reason;
    this.task.stopCode = end.code;
    this.task.stoppingAt = scheduler.now();
    this.#become("DEACTIVATING");
    const drained = this.#deregister();
    // Who waits for a dead process's requests to end waits for nothing.
    if (this.#stop !== undefined && end.hurry !== true) await drained;
    this.#become("STOPPING");
    const most = end.hurry === true ? HURRY_MS : Infinity;
    await Promise.all(
      this.#definition.containers.map(async ({ name, stopTimeout }) => {
        await this.#containers.get(name)?.stop(Math.min(stopTimeout * 1000, most));
      }),
    );
    await Promise.all([...this.#containers.values()].map((container) => container.exited));
    if (this.task.address !== undefined) network.leave(this.task.address);
    for (const container of this.task.containers) container.lastStatus = "STOPPED";
    this.task.stoppedAt = scheduler.now();
    this.#become("STOPPED");
    this.#news.stopped(this.#stop === undefined);
  }

  async #deregister(): Promise<void> {
    const { address } = this.task;
    if (address === undefined) return;
    await Promise.all(
      this.#balancers.map(async (one) => {
        await this.#cloud.balancing.pool(one.targetGroupArn)?.deregister(address, one.containerPort);
      }),
    );
  }

  #containerFor(port: number): RunningContainer {
    const owner = this.#definition.containers.find((one) =>
      one.portMappings.some((mapping) => mapping.containerPort === port),
    );
    const container = owner === undefined ? undefined : this.#containers.get(owner.name);
    if (container === undefined) throw new Error(`no container of the task has the port ${port}`);
    return container;
  }

  #become(status: StoredTask["lastStatus"]): void {
    this.task.lastStatus = status;
    this.#cloud.store.save();
  }
}

const NAMED = new Set([
  "CannotPullContainerError",
  "ResourceInitializationError",
  "CannotStartContainerError",
]);

function startFailure(fault: unknown): string {
  const error = fault instanceof Error ? fault : new Error(String(fault));
  return `${NAMED.has(error.name) ? error.name : "CannotStartContainerError"}: ${error.message}`;
}
