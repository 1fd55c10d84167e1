import type {
  ObservedService,
  RolloutProgress,
  RolloutSettings,
  ServiceName,
  ServiceSpec,
  StoppedTask,
  TaskSpec,
} from "../../src/core/deployment/service.ts";
import type { ContainerService } from "../../src/ports/container-service.ts";
import type { TaskRegistry } from "../../src/ports/task-registry.ts";

/** What tasks of a version do: serve; serve but fail their smoke test; end at once; start and never become healthy. */
export type Behaviour = "serves" | "fails-smoke" | "crashes" | "hangs";

interface FakeService {
  revision: string;
  serving: string | undefined;
  desired: number;
  running: number;
}

interface FakeRollout {
  readonly id: string;
  readonly service: string;
  readonly from: string | undefined;
  readonly revision: string;
  state: RolloutProgress["state"];
  looks: number;
}

/** A platform in memory that runs services; fake-platform.md says how it behaves. */
export class FakePlatform implements ContainerService, TaskRegistry {
  /** Every call that changed something, in order. */
  readonly mutations: string[] = [];
  readonly behaviours = new Map<string, Behaviour>();
  readonly services = new Map<string, FakeService>();
  /** What every service is set to. */
  rollout: RolloutSettings = {
    healthIntervalSeconds: 5,
    healthyThreshold: 2,
    drainSeconds: 30,
    stopSeconds: 30,
    surge: 1,
  };
  readonly #revisions = new Map<string, TaskSpec>();
  readonly #rollouts: FakeRollout[] = [];
  readonly #stopped: StoppedTask[] = [];

  async stage(task: TaskSpec): Promise<string> {
    const latest = [...this.#revisions].findLast(([, spec]) => spec.family === task.family);
    if (latest !== undefined && JSON.stringify(latest[1]) === JSON.stringify(task)) return latest[0];
    const revision = `${task.family}:${this.#revisions.size + 1}`;
    this.#revisions.set(revision, task);
    this.mutations.push(`stage ${revision}`);
    return revision;
  }

  async exists(revision: string): Promise<boolean> {
    return this.#revisions.has(revision);
  }

  forget(revision: string): void {
    this.#revisions.delete(revision);
  }

  async observe({ service }: ServiceName): Promise<ObservedService | undefined> {
    const found = this.services.get(service);
    if (found === undefined) return undefined;
    const { revision, desired, running } = found;
    const image = this.#revisions.get(revision)?.image ?? "";
    return { revision, image, desired, running, underWay: this.#open(service)?.id };
  }

  async settings({ service }: ServiceSpec): Promise<RolloutSettings | undefined> {
    return this.services.has(service) ? this.rollout : undefined;
  }

  async shift({ service }: ServiceSpec, revision: string, desired: number): Promise<string> {
    this.mutations.push(`shift ${service} to ${revision}`);
    const before = this.services.get(service);
    // A newer deployment takes the place of one under way.
    const replaced = this.#open(service);
    if (replaced !== undefined) replaced.state = "stopped";

    const id = `rollout-${this.#rollouts.length + 1}`;
    this.#rollouts.push({ id, service, from: before?.serving, revision, state: "pending", looks: 0 });
    this.services.set(service, { running: 0, serving: undefined, ...before, revision, desired });
    return id;
  }

  async progress(_name: ServiceName, id: string): Promise<RolloutProgress> {
    const rollout = this.#rollouts.find((candidate) => candidate.id === id);
    if (rollout === undefined) throw new Error(`no rollout ${id}`);
    rollout.looks += 1;
    this.#advance(rollout);
    const { state, revision } = rollout;
    const arrived = state === "successful";
    const desired = this.services.get(rollout.service)?.desired ?? 0;
    const broken = state === "rolling-back" || state === "rolled-back" || state === "rollback-failed";
    const reason = broken ? "tasks failed to start" : "";
    return {
      state,
      revision,
      reason,
      desired,
      running: arrived ? desired : 0,
      pending: 0,
      failed: broken ? 3 : 0,
    };
  }

  async stop({ service }: ServiceName): Promise<void> {
    this.mutations.push(`stop ${service}`);
    const found = this.services.get(service);
    if (found !== undefined) Object.assign(found, { desired: 0, running: 0, serving: undefined });
  }

  /** A task of the revision that serves ends by itself, and another one takes its place. */
  loseTask(service: string): void {
    const revision = this.services.get(service)?.serving ?? "";
    this.#stopped.push({
      task: `task-lost-${this.#stopped.length}`,
      revision,
      reason: "OutOfMemory",
      exitCode: 137,
    });
  }

  async stoppedTasks(): Promise<readonly StoppedTask[]> {
    return [...this.#stopped];
  }

  async url({ service }: ServiceSpec): Promise<string> {
    return `http://${service}`;
  }

  /** The environment of the tasks that answer requests to a service; `undefined` when none does. */
  serving(service: string): Readonly<Record<string, string>> | undefined {
    const revision = this.services.get(service)?.serving;
    return revision === undefined ? undefined : this.#revisions.get(revision)?.env;
  }

  behaviour(revision: string | undefined): Behaviour {
    const version = this.#revisions.get(revision ?? "")?.env["SLIPWAY_VERSION"];
    return this.behaviours.get(version ?? "") ?? "serves";
  }

  #open(service: string): FakeRollout | undefined {
    const newest = this.#rollouts.findLast((rollout) => rollout.service === service);
    return newest !== undefined && ["pending", "in-progress", "rolling-back"].includes(newest.state)
      ? newest
      : undefined;
  }

  #advance(rollout: FakeRollout): void {
    const service = this.services.get(rollout.service);
    if (service === undefined || this.#open(rollout.service) !== rollout) return;
    const crashes = this.behaviour(rollout.revision) === "crashes";

    if (rollout.looks === 1) rollout.state = "in-progress";
    else if (this.behaviour(rollout.revision) === "hangs") return;
    else if (!crashes) {
      rollout.state = "successful";
      Object.assign(service, { serving: rollout.revision, running: service.desired });
    } else if (rollout.state === "in-progress") {
      const task = {
        task: `task-${rollout.id}`,
        revision: rollout.revision,
        reason: "Essential container exited",
      };
      this.#stopped.push({ ...task, exitCode: 1 });
      rollout.state = rollout.from === undefined ? "rollback-failed" : "rolling-back";
    } else {
      rollout.state = "rolled-back";
      Object.assign(service, { revision: rollout.from });
    }
  }
}
