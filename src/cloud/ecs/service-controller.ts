import { randomUUID } from "node:crypto";
import { LiveTask } from "./live-task.ts";
import { newNineteenDigits, newStoryId, newTaskId } from "./new-ids.ts";
import { newTask } from "./new-task.ts";
import { advance } from "./rollout/rollout.ts";
import type { RolloutAction, RolloutEvent } from "./rollout/types.ts";
import type { TaskSurroundings } from "./task-surroundings.ts";
import type { StoredService, StoredTask } from "./types.ts";
import { watchHealth } from "./watch-health.ts";

const EVENTS_KEPT = 100;

/** Drives one service: tells its rollout what happens and does what the rollout asks for. */
export class ServiceController {
  readonly service: StoredService;
  readonly #cloud: TaskSurroundings;
  readonly #startupMs: number;
  readonly #live = new Map<string, LiveTask>();
  readonly #watches = new Map<string, () => void>();
  readonly #lives = new Set<Promise<void>>();
  #closed = false;

  constructor(service: StoredService, cloud: TaskSurroundings, startupMs: number) {
    this.service = service;
    this.#cloud = cloud;
    this.#startupMs = startupMs;
  }

  /** Takes an event in, keeps what follows, and does what it asks for. */
  handle(event: RolloutEvent): void {
    if (this.#closed) return;
    const { rollout, actions } = advance(this.service.rollout, event, {
      now: this.#cloud.scheduler.now(),
      newTask: newTaskId,
      newDeployment: () => `ecs-svc/${newNineteenDigits()}`,
      newStory: newStoryId,
    });
    this.service.rollout = rollout;
    for (const action of actions) this.#do(action);
    this.#cloud.store.save();
  }

  /** After a restart of the cloud: nothing of the former run is left, so everything is started anew. */
  resume(): void {
    this.service.rollout.tasks = [];
    this.handle({ kind: "tick" });
  }

  /** `true` when the task was this service's and has been asked to stop. */
  stopTask(id: string, reason: string): boolean {
    const live = this.#live.get(id);
    live?.stop(reason, "UserInitiated");
    return live !== undefined;
  }

  say(message: string): void {
    const event = {
      id: randomUUID(),
      createdAt: this.#cloud.scheduler.now(),
      message: `(service ${this.service.name}) ${message}`,
    };
    this.service.events = [event, ...this.service.events].slice(0, EVENTS_KEPT);
  }

  /** A deleted service is gone once its last task is. */
  async retire(): Promise<void> {
    await Promise.all(this.#lives);
    this.service.status = "INACTIVE";
    this.#cloud.store.save();
  }

  /** Ends all tasks without draining and waits until nothing of them is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const live of this.#live.values()) live.stop("The local cloud was stopped.", "UserInitiated", true);
    await Promise.all(this.#lives);
  }

  #do(action: RolloutAction): void {
    switch (action.kind) {
      case "start-task":
        this.#start(action.task, action.deployment, action.taskDefinition);
        return;
      case "stop-task":
        this.#live.get(action.task)?.stop(action.reason, "ServiceSchedulerInitiated");
        this.say(`has stopped 1 running tasks: (task ${action.task}).`);
        return;
      case "say":
        this.say(action.message);
        return;
      case "wake":
        this.#cloud.scheduler.afterReal(Math.max(action.at - this.#cloud.scheduler.now(), 0), () => {
          this.handle({ kind: "tick" });
        });
        return;
    }
  }

  #start(id: string, deployment: string, taskDefinition: string): void {
    const { store, scheduler } = this.#cloud;
    const definition = store.taskDefinition(taskDefinition);
    if (definition === undefined) throw new Error(`the task definition ${taskDefinition} is gone`);
    const task = newTask(store, {
      id,
      cluster: this.service.cluster,
      definition,
      group: `service:${this.service.name}`,
      service: this.service.name,
      startedBy: deployment,
      overrides: [],
      now: scheduler.now(),
    });
    for (const old of store.forgetOldTasks()) void this.#cloud.runner.forget(old);
    const live = new LiveTask(task, definition, this.service.balancers, this.#cloud, {
      running: () => this.#running(task),
      stopped: (failed) => this.#stopped(task, failed),
    });
    this.#live.set(id, live);
    const life = live.live();
    this.#lives.add(life);
    void life.finally(() => this.#lives.delete(life));
  }

  #running(task: StoredTask): void {
    this.handle({ kind: "task-running", task: task.id });
    const groups = this.service.balancers.map((one) => `(target-group ${one.targetGroupArn})`);
    if (groups.length > 0) this.say(`registered 1 targets in ${groups.join(" ")}`);
    const patience = { graceSeconds: this.service.graceSeconds, startupMs: this.#startupMs };
    const stop = watchHealth(task, this.service.balancers, patience, this.#cloud, {
      healthy: () => {
        task.healthy = true;
        this.handle({ kind: "task-healthy", task: task.id });
      },
      unhealthy: (reason, detail) => {
        task.healthy = false;
        this.say(detail);
        this.handle({ kind: "task-unhealthy", task: task.id, reason });
      },
    });
    this.#watches.set(task.id, stop);
  }

  #stopped(task: StoredTask, failed: boolean): void {
    this.#watches.get(task.id)?.();
    this.#watches.delete(task.id);
    this.#live.delete(task.id);
    if (failed) this.say(`(task ${task.id}) stopped: ${task.stoppedReason}.`);
    this.handle({ kind: "task-stopped", task: task.id, failed });
  }
}
