import { LiveTask } from "./live-task.ts";
import { newTaskId } from "./new-ids.ts";
import { newTask } from "./new-task.ts";
import { ServiceController } from "./service-controller.ts";
import type { TaskSurroundings } from "./task-surroundings.ts";
import type { ContainerOverride, StoredService, StoredTask, StoredTaskDefinition } from "./types.ts";

/** What runs: a controller for each service, and the tasks that somebody started by hand. */
export class EcsRuntime {
  readonly cloud: TaskSurroundings;
  readonly #startupMs: number;
  readonly #controllers = new Map<string, ServiceController>();
  readonly #alone = new Map<string, { readonly live: LiveTask; readonly life: Promise<void> }>();

  constructor(cloud: TaskSurroundings, startupMs: number) {
    this.cloud = cloud;
    this.#startupMs = startupMs;
  }

  /** Starts again what ran when the cloud was stopped. Tasks that nobody keeps alive stay stopped. */
  resume(): void {
    const { store, scheduler } = this.cloud;
    for (const task of Object.values(store.state.tasks)) {
      if (task.lastStatus === "STOPPED") continue;
      task.lastStatus = task.desiredStatus = "STOPPED";
      task.stoppedAt = scheduler.now();
      task.stoppedReason = "The local cloud was stopped.";
      for (const container of task.containers) container.lastStatus = "STOPPED";
    }
    for (const service of Object.values(store.state.services)) {
      if (service.status === "DRAINING") service.status = "INACTIVE";
      if (service.status === "ACTIVE") this.controller(service).resume();
    }
    store.save();
  }

  controller(service: StoredService): ServiceController {
    const known = this.#controllers.get(service.arn);
    // A service that was deleted and created anew has the same name and another record.
    if (known?.service === service) return known;
    const fresh = new ServiceController(service, this.cloud, this.#startupMs);
    this.#controllers.set(service.arn, fresh);
    return fresh;
  }

  runTask(
    cluster: string,
    definition: StoredTaskDefinition,
    wish: {
      group: string;
      startedBy: string | undefined;
      overrides: readonly ContainerOverride[];
      clientToken: StoredTask["clientToken"];
    },
  ): StoredTask {
    const { store, scheduler } = this.cloud;
    const id = newTaskId();
    const task = newTask(store, {
      id,
      cluster,
      definition,
      service: undefined,
      now: scheduler.now(),
      ...wish,
    });
    const live = new LiveTask(task, definition, [], this.cloud, {
      running: () => undefined,
      stopped: () => this.#alone.delete(id),
    });
    this.#alone.set(id, { live, life: live.live() });
    for (const old of store.forgetOldTasks()) void this.cloud.runner.forget(old);
    store.save();
    return task;
  }

  stopTask(task: StoredTask, reason: string): void {
    this.#alone.get(task.id)?.live.stop(reason, "UserInitiated");
    for (const controller of this.#controllers.values()) controller.stopTask(task.id, reason);
  }

  /** Stops everything and waits until no process is left. */
  async close(): Promise<void> {
    const alone = [...this.#alone.values()];
    for (const { live } of alone) live.stop("The local cloud was stopped.", "UserInitiated", true);
    await Promise.all([
      ...alone.map(({ life }) => life),
      ...[...this.#controllers.values()].map((controller) => controller.close()),
    ]);
  }
}
