import type { ContainerOrder, RunningContainer } from "./container-runner.ts";
import { readSecret } from "./read-secret.ts";
import { startOrder } from "./start-order.ts";
import type { TaskSurroundings } from "./task-surroundings.ts";
import type { ContainerDefinition, StoredContainer, StoredTask, StoredTaskDefinition } from "./types.ts";

type Secrets = Readonly<Record<string, string>>;

/** The containers of one task: their images and secrets fetched, started in order, stopped together. */
export class TaskContainers {
  readonly #task: StoredTask;
  readonly #definition: StoredTaskDefinition;
  readonly #cloud: TaskSurroundings;
  readonly #running = new Map<string, RunningContainer>();

  constructor(task: StoredTask, definition: StoredTaskDefinition, cloud: TaskSurroundings) {
    this.#task = task;
    this.#definition = definition;
    this.#cloud = cloud;
  }

  /** Starts one container after the other, as long as they are wanted. Throws what the vault or the runner throws. */
  async start(wanted: () => boolean): Promise<void> {
    const definitions = startOrder(this.#definition.containers);
    const secrets = new Map(definitions.map((one) => [one.name, this.#secretsOf(one)]));
    await this.#pull();
    for (const definition of definitions) {
      if (!wanted()) return;
      await this.#startOne(definition, secrets.get(definition.name) ?? {});
    }
  }

  /** Resolves when the first of the essential containers has ended. */
  async essentialExit(): Promise<void> {
    const essential = this.#definition.containers.filter((one) => one.essential);
    await Promise.race(essential.map(async (one) => await this.#running.get(one.name)?.exited));
  }

  /** The container that listens on a port. Throws when there is none. */
  onPort(port: number): RunningContainer {
    const owner = this.#definition.containers.find((one) =>
      one.portMappings.some((mapping) => mapping.containerPort === port),
    );
    const container = owner === undefined ? undefined : this.#running.get(owner.name);
    if (container === undefined) throw new Error(`no container of the task has the port ${port}`);
    return container;
  }

  /** Stops them all and waits for their ends; none gets more than `mostMs` between SIGTERM and SIGKILL. */
  async stop(mostMs: number): Promise<void> {
    await Promise.all(
      this.#definition.containers.map(async ({ name, stopTimeout }) => {
        await this.#running.get(name)?.stop(Math.min(stopTimeout * 1000, mostMs));
      }),
    );
    await Promise.all([...this.#running.values()].map((container) => container.exited));
  }

  async #pull(): Promise<void> {
    const { scheduler, runner } = this.#cloud;
    this.#task.pullStartedAt = scheduler.now();
    await Promise.all(
      this.#task.containers.map(async (container) => {
        container.imageDigest = await runner.pull(container.image);
      }),
    );
    this.#task.pullStoppedAt = scheduler.now();
  }

  #secretsOf(definition: ContainerDefinition): Secrets {
    return Object.fromEntries(
      definition.secrets.map((secret) => [secret.name, readSecret(this.#cloud.vault, secret)]),
    );
  }

  async #startOne(definition: ContainerDefinition, secrets: Secrets): Promise<void> {
    const container = await this.#cloud.runner.start(this.#order(definition, secrets));
    this.#running.set(definition.name, container);
    const record = this.#task.containers.find((one) => one.name === definition.name);
    if (record === undefined) return;
    record.lastStatus = "RUNNING";
    record.runtimeId = `${this.#task.id}-${definition.name}`;
    void recordExit(container, record);
  }

  #order(definition: ContainerDefinition, secrets: Secrets): ContainerOrder {
    const override = this.#task.overrides.find((one) => one.name === definition.name);
    const environment = [...definition.environment, ...(override?.environment ?? [])];
    return {
      task: this.#task.id,
      name: definition.name,
      image: definition.image,
      entryPoint: definition.entryPoint,
      command: override?.command ?? definition.command,
      workingDirectory: definition.workingDirectory,
      user: definition.user,
      env: {
        ...this.#cloud.platformEnv(this.#task, definition.name),
        ...Object.fromEntries(environment.map(({ name, value }) => [name, value])),
        ...secrets,
      },
      port: definition.portMappings[0]?.containerPort,
      siblings: this.#siblings(),
    };
  }

  #siblings(): ContainerOrder["siblings"] {
    return this.#definition.containers.flatMap((one) => {
      const container = this.#running.get(one.name);
      const port = one.portMappings[0]?.containerPort;
      return container === undefined || port === undefined ? [] : [{ name: one.name, port, container }];
    });
  }
}

async function recordExit(container: RunningContainer, record: StoredContainer): Promise<void> {
  record.exitCode = await container.exited;
  record.lastStatus = "STOPPED";
}
