import type { PrivateNetwork } from "../network/private-network.ts";
import type { Scheduler } from "../scheduler.ts";
import { checkHealth } from "./check-health.ts";
import { REASONS, TargetAgent, type Target, type TargetReason } from "./target.ts";
import type { StoredTargetGroup } from "./types.ts";

/** The targets of one target group: their health, whose turn it is, and who is on the way out. */
export class TargetPool {
  readonly group: StoredTargetGroup;
  readonly #network: PrivateNetwork;
  readonly #scheduler: Scheduler;
  readonly #targets = new Map<string, Target>();
  readonly #stopChecks = new Map<Target, () => void>();
  readonly #drained = new Map<Target, () => void>();
  readonly #watchers = new Set<(target: Target) => void>();
  #turn = 0;

  constructor(group: StoredTargetGroup, network: PrivateNetwork, scheduler: Scheduler) {
    this.group = group;
    this.#network = network;
    this.#scheduler = scheduler;
  }

  targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  find(host: string, port: number): Target | undefined {
    return this.#targets.get(`${host}:${port}`);
  }

  /** Calls `seen` whenever a target's health changes. Answers how to stop that. */
  watch(seen: (target: Target) => void): () => void {
    this.#watchers.add(seen);
    return () => this.#watchers.delete(seen);
  }

  register(host: string, port: number): void {
    const known = this.find(host, port);
    if (known !== undefined && known.state !== "draining") return;
    if (known !== undefined) this.#remove(known);
    const agent = new TargetAgent(() => this.#network.connect(host, port));
    const target: Target = {
      host,
      port,
      state: "initial",
      reason: REASONS.starting,
      streak: 0,
      inFlight: 0,
      agent,
    };
    this.#targets.set(`${host}:${port}`, target);
    const stop = this.#scheduler.every(this.group.health.intervalSeconds * 1000, () => this.#check(target));
    this.#stopChecks.set(target, stop);
  }

  /** No new requests from now on. Resolves when those under way have ended or the deregistration delay is over. */
  async deregister(host: string, port: number): Promise<void> {
    const target = this.find(host, port);
    if (target === undefined) return;
    this.#stopChecks.get(target)?.();
    this.#become(target, "draining", REASONS.draining);
    if (target.inFlight > 0) {
      const delay = Number(this.group.attributes["deregistration_delay.timeout_seconds"] ?? 300) * 1000;
      await new Promise<void>((done) => {
        const callOff = this.#scheduler.after(delay, done);
        this.#drained.set(target, () => {
          callOff();
          done();
        });
      });
    }
    this.#remove(target);
  }

  /**
   * The next target in turn. As on AWS, when every target is unhealthy all of them are tried rather than none; one
   * whose first check is still to come gets nothing.
   */
  pick(tried: ReadonlySet<Target>): Target | undefined {
    const serving = this.targets().filter(
      (target) => target.state === "healthy" || target.state === "unhealthy",
    );
    const healthy = serving.filter((target) => target.state === "healthy");
    const choice = (healthy.length > 0 ? healthy : serving).filter((target) => !tried.has(target));
    this.#turn += 1;
    return choice[this.#turn % Math.max(choice.length, 1)];
  }

  /** A request to the target begins; the answered function ends it. */
  begin(target: Target): () => void {
    target.inFlight += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      target.inFlight -= 1;
      if (target.inFlight === 0) this.#drained.get(target)?.();
    };
  }

  close(): void {
    for (const target of this.targets()) this.#remove(target);
  }

  async #check(target: Target): Promise<void> {
    const failure = await checkHealth(target, this.group.health);
    if (target.state === "draining" || this.find(target.host, target.port) !== target) return;
    if (failure === undefined) this.#passed(target);
    else this.#failed(target, failure);
  }

  #passed(target: Target): void {
    if (target.state === "healthy") {
      target.streak = 0;
      return;
    }
    target.streak = target.state === "initial" ? 1 : target.streak + 1;
    // A new target needs one good answer, one that was unhealthy needs as many as the threshold says.
    const needed = target.state === "initial" ? 1 : this.group.health.healthyThreshold;
    if (target.streak >= needed) this.#become(target, "healthy", undefined);
  }

  #failed(target: Target, reason: TargetReason): void {
    if (target.state === "unhealthy") {
      target.streak = 0;
      target.reason = reason;
      return;
    }
    target.streak += 1;
    if (target.streak >= this.group.health.unhealthyThreshold) this.#become(target, "unhealthy", reason);
  }

  #become(target: Target, state: Target["state"], reason: TargetReason | undefined): void {
    target.state = state;
    target.reason = reason;
    target.streak = 0;
    for (const seen of this.#watchers) seen(target);
  }

  #remove(target: Target): void {
    this.#stopChecks.get(target)?.();
    this.#stopChecks.delete(target);
    this.#drained.delete(target);
    if (this.find(target.host, target.port) === target) this.#targets.delete(`${target.host}:${target.port}`);
    target.agent.destroy();
  }
}
