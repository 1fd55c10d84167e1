import { array, assert, constantFrom, integer, nat, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { advance, newRollout } from "../../../src/cloud/ecs/rollout/rollout.ts";
import type {
  Rollout,
  RolloutAction,
  RolloutEvent,
  RolloutRules,
} from "../../../src/cloud/ecs/rollout/types.ts";

const BREAKER = {
  enable: true,
  rollback: true,
  resetOnHealthyTask: true,
  threshold: { type: "BOUNDED_PERCENT", value: 50 },
} as const;

const RULES: RolloutRules = {
  desired: 2,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  breaker: BREAKER,
  restartDelayMs: 1000,
};

/** A service that is stepped by hand: names count up, time stands still unless it is moved. */
class Stepped {
  rollout: Rollout;
  now = 0;
  actions: RolloutAction[] = [];
  #names = 0;

  constructor(rules: Partial<RolloutRules> = {}) {
    this.rollout = newRollout({ ...RULES, ...rules });
  }

  send(event: RolloutEvent): this {
    const next = (stem: string) => `${stem}${(this.#names += 1)}`;
    const world = {
      now: this.now,
      newTask: () => next("t"),
      newDeployment: () => next("d"),
      newStory: () => next("s"),
    };
    const { rollout, actions } = advance(this.rollout, event, world);
    this.rollout = rollout;
    this.actions = actions;
    return this;
  }

  deploy(revision: string): this {
    return this.send({ kind: "deploy", revision, taskDefinition: `web:${revision}` }).send({ kind: "tick" });
  }

  tasks(revision: string, phase?: string): string[] {
    const ids = this.rollout.deployments.filter((one) => one.revision === revision).map((one) => one.id);
    return this.rollout.tasks
      .filter((task) => ids.includes(task.deployment) && (phase === undefined || task.phase === phase))
      .map((task) => task.id);
  }

  /** Lets everything that has been started get healthy, and everything that has been stopped be gone. */
  settle(): this {
    for (let round = 0; round < 50; round++) {
      const task = this.rollout.tasks.find((one) => one.phase !== "healthy");
      if (task === undefined) return this;
      if (task.phase === "leaving") this.send({ kind: "task-stopped", task: task.id, failed: false });
      else this.send({ kind: "task-running", task: task.id }).send({ kind: "task-healthy", task: task.id });
    }
    throw new Error("it does not settle");
  }

  get story() {
    return this.rollout.stories[0];
  }
}

const starts = (actions: readonly RolloutAction[]) =>
  actions.filter((one) => one.kind === "start-task").length;
const stops = (actions: readonly RolloutAction[]) => actions.filter((one) => one.kind === "stop-task").length;

describe("a rolling deployment", () => {
  test("starts nothing before its service deployment is in progress", () => {
    const service = new Stepped().send({ kind: "deploy", revision: "1", taskDefinition: "web:1" });
    expect([service.story?.status, service.actions]).toEqual(["PENDING", [{ kind: "wake", at: 0 }]]);
    service.send({ kind: "tick" });
    expect([service.story?.status, starts(service.actions)]).toEqual(["IN_PROGRESS", 2]);
  });

  test("takes an old task away only for each new one that is healthy", () => {
    const service = new Stepped().deploy("1").settle().deploy("2");
    expect(service.tasks("2")).toHaveLength(2);
    const [first = "", second = ""] = service.tasks("2");
    service.send({ kind: "task-running", task: first });
    expect(stops(service.actions)).toBe(0);
    service.send({ kind: "task-healthy", task: first });
    expect([stops(service.actions), service.tasks("1", "healthy").length]).toEqual([1, 1]);
    service.send({ kind: "task-running", task: second }).send({ kind: "task-healthy", task: second });
    expect(service.tasks("1", "healthy")).toEqual([]);
    expect(service.story?.status).toBe("IN_PROGRESS");
    service.settle();
    expect(service.story?.status).toBe("SUCCESSFUL");
    expect(service.rollout.deployments.map((one) => [one.revision, one.state])).toEqual([["2", "COMPLETED"]]);
  });

  test("with no room above the desired count it stops an old task before it starts a new one", () => {
    const service = new Stepped({ minimumHealthyPercent: 50, maximumPercent: 100 })
      .deploy("1")
      .settle()
      .deploy("2");
    expect([stops(service.actions), starts(service.actions)]).toEqual([1, 1]);
  });

  test("never has fewer healthy or more present tasks than its percentages allow, whatever order things happen in", () => {
    const order = array(nat(20), { minLength: 5, maxLength: 60 });
    const rules = record({
      desired: integer({ min: 1, max: 6 }),
      minimumHealthyPercent: constantFrom(0, 50, 100),
      maximumPercent: constantFrom(150, 200),
    });
    assert(
      property(rules, order, (given, picks) => {
        const service = new Stepped({ ...given, breaker: { ...BREAKER, enable: false, rollback: false } });
        service.deploy("1").settle().deploy("2");
        const most = Math.floor((given.desired * given.maximumPercent) / 100);
        const least = Math.ceil((given.desired * given.minimumHealthyPercent) / 100);
        for (const pick of picks) {
          const present = service.rollout.tasks.filter((task) => task.phase !== "leaving");
          const healthy = present.filter((task) => task.phase === "healthy");
          expect(present.length).toBeLessThanOrEqual(most);
          expect(healthy.length).toBeGreaterThanOrEqual(least);
          const task = service.rollout.tasks[pick % service.rollout.tasks.length];
          if (task?.phase === "starting") service.send({ kind: "task-running", task: task.id });
          else if (task?.phase === "running") service.send({ kind: "task-healthy", task: task.id });
          else if (task?.phase === "leaving")
            service.send({ kind: "task-stopped", task: task.id, failed: false });
        }
      }),
    );
  });

  test("a newer deployment ends the story of the one under way", () => {
    const service = new Stepped().deploy("1").settle().deploy("2").deploy("3");
    expect(service.rollout.stories.map((one) => one.status)).toEqual([
      "IN_PROGRESS",
      "STOPPED",
      "SUCCESSFUL",
    ]);
    service.settle();
    expect(service.rollout.deployments.map((one) => one.revision)).toEqual(["3"]);
  });
});

describe("the circuit breaker", () => {
  const crash = (service: Stepped, revision: string, times: number) => {
    for (let count = 0; count < times; count++) {
      service.now += 100_000;
      service.send({ kind: "tick" });
      const [task = ""] = service.tasks(revision, "starting");
      service.send({ kind: "task-running", task }).send({ kind: "task-stopped", task, failed: true });
    }
    return service;
  };

  test("opens at the third failure and the deployment that completed last takes the lead again", () => {
    const service = new Stepped().deploy("1").settle();
    const good = service.rollout.deployments[0]?.id;
    crash(service.deploy("2"), "2", 2);
    expect([service.story?.status, service.story?.failures]).toEqual(["IN_PROGRESS", 2]);
    crash(service, "2", 1);
    expect([service.story?.status, service.story?.triggered, service.story?.failures]).toEqual([
      "ROLLBACK_IN_PROGRESS",
      true,
      3,
    ]);
    expect(service.rollout.deployments[0]).toMatchObject({ id: good, revision: "1", state: "IN_PROGRESS" });
    expect(service.tasks("1", "healthy")).toHaveLength(2);
    service.settle();
    expect(service.story?.status).toBe("ROLLBACK_SUCCESSFUL");
  });

  test("forgets failures when a task gets healthy, unless it is told not to", () => {
    const failuresAfter = (resetOnHealthyTask: boolean) => {
      const service = new Stepped({ breaker: { ...BREAKER, resetOnHealthyTask } })
        .deploy("1")
        .settle()
        .deploy("2");
      crash(service, "2", 2);
      const [task = ""] = service.tasks("2", "starting");
      service.send({ kind: "task-running", task }).send({ kind: "task-healthy", task });
      return service.rollout.deployments[0]?.failures;
    };
    expect([failuresAfter(true), failuresAfter(false)]).toEqual([0, 2]);
  });

  test("without a completed deployment it stops and starts no more tasks", () => {
    const service = crash(new Stepped().deploy("1"), "1", 3);
    expect([service.story?.status, service.rollout.deployments[0]?.state]).toEqual(["STOPPED", "FAILED"]);
    service.now += 1_000_000;
    expect(starts(service.send({ kind: "tick" }).actions)).toBe(0);
  });

  test("does not go back to a deployment that is only being gone back to", () => {
    const service = crash(new Stepped().deploy("1").settle().deploy("2"), "2", 3);
    expect(service.story?.status).toBe("ROLLBACK_IN_PROGRESS");
    crash(service.deploy("3"), "3", 3);
    expect(service.rollout.stories.map((one) => one.status)).toEqual(["STOPPED", "STOPPED", "SUCCESSFUL"]);
  });

  test("a rollback whose own tasks fail has failed", () => {
    const service = crash(new Stepped().deploy("1").settle().deploy("2"), "2", 3);
    for (const task of service.tasks("1")) service.send({ kind: "task-stopped", task, failed: true });
    crash(service, "1", 1);
    expect(service.story?.status).toBe("ROLLBACK_FAILED");
  });

  test("when it is off, a failing deployment goes on trying, slower and slower", () => {
    const service = new Stepped({
      desired: 1,
      breaker: { ...BREAKER, enable: false, rollback: false },
    }).deploy("1");
    const delays: number[] = [];
    for (let count = 0; count < 5; count++) {
      const [task = ""] = service.tasks("1", "starting");
      service.send({ kind: "task-stopped", task, failed: true });
      const wake = service.actions.find((one) => one.kind === "wake");
      delays.push(wake === undefined ? 0 : wake.at - service.now);
      service.now = wake?.at ?? service.now;
      service.send({ kind: "tick" });
    }
    expect(delays).toEqual([0, 0, 1000, 2000, 4000]);
    expect(service.story?.status).toBe("IN_PROGRESS");
  });
});

describe("a deployment that is stopped", () => {
  test("with ROLLBACK goes back", () => {
    const service = new Stepped().deploy("1").settle().deploy("2").send({ kind: "stop", how: "ROLLBACK" });
    expect(service.story?.status).toBe("ROLLBACK_REQUESTED");
    service.send({ kind: "tick" });
    expect(service.story?.status).toBe("ROLLBACK_IN_PROGRESS");
    service.settle();
    expect([service.story?.status, service.story?.rollback?.revision]).toEqual(["ROLLBACK_SUCCESSFUL", "1"]);
  });

  test("with ABORT leaves everything as it is", () => {
    const service = new Stepped().deploy("1").settle().deploy("2").send({ kind: "stop", how: "ABORT" });
    expect(service.story?.status).toBe("STOP_REQUESTED");
    service.send({ kind: "tick" });
    expect(service.story?.status).toBe("STOPPED");
    expect([starts(service.actions), stops(service.actions), service.tasks("1", "healthy").length]).toEqual([
      0, 0, 2,
    ]);
  });
});

describe("a steady service", () => {
  test("replaces a task that died, and is scaled up and down, without a new service deployment", () => {
    const service = new Stepped().deploy("1").settle();
    const [task = ""] = service.tasks("1");
    service.send({ kind: "task-stopped", task, failed: true });
    expect(starts(service.actions)).toBe(1);
    service.settle().send({ kind: "change-rules", rules: { desired: 3 } });
    expect(starts(service.actions)).toBe(1);
    service.settle().send({ kind: "change-rules", rules: { desired: 1 } });
    expect(stops(service.actions)).toBe(2);
    service.settle();
    expect(service.rollout.stories.map((one) => one.status)).toEqual(["SUCCESSFUL"]);
  });

  test("the rollout that is passed in is not changed", () => {
    const service = new Stepped().deploy("1");
    const before = structuredClone(service.rollout);
    const kept = service.rollout;
    service.settle();
    expect(kept).toEqual(before);
  });
});
