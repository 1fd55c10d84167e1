import { TaskContainers } from "./task-containers.ts";
import type { TaskSurroundings } from "./task-surroundings.ts";
import type { ServiceBalancer, StopCode, StoredTask, StoredTaskDefinition } from "./types.ts";

/** Whom a task tells how it fares. */
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
  readonly #balancers: readonly ServiceBalancer[];
  readonly #cloud: TaskSurroundings;
  readonly #news: TaskNews;
  readonly #containers: TaskContainers;
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
    this.#balancers = balancers;
    this.#cloud = cloud;
    this.#news = news;
    this.#containers = new TaskContainers(task, definition, cloud);
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
      this.#become("PENDING");
      await this.#containers.start(() => this.#stop === undefined);
      if (this.#stop === undefined) this.#enterService();
      end = await Promise.race([this.#stopAsked, this.#essentialExit()]);
    } catch (fault) {
      end = this.#stop ?? { reason: startFailure(fault), code: "TaskFailedToStart" };
    }
    await this.#leave(end);
  }

  #enterService(): void {
    const address = this.#cloud.network.join((port) => this.#containers.onPort(port).connect(port));
    this.task.address = address;
    this.#become("ACTIVATING");
    for (const one of this.#balancers) {
      this.#cloud.balancing.pool(one.targetGroupArn)?.register(address, one.containerPort);
    }
    this.task.startedAt = this.#cloud.scheduler.now();
    this.#become("RUNNING");
    this.#news.running();
  }

  async #essentialExit(): Promise<Stop> {
    await this.#containers.essentialExit();
    return { reason: "Essential container in task exited", code: "EssentialContainerExited" };
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
    await this.#containers.stop(end.hurry === true ? HURRY_MS : Infinity);
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
