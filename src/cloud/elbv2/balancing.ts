import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { arn, type Account } from "../account.ts";
import { KeptState } from "../kept-state.ts";
import type { PrivateNetwork } from "../network/private-network.ts";
import type { Scheduler } from "../scheduler.ts";
import { startListener, type RunningListener } from "./listener.ts";
import { TargetPool } from "./target-pool.ts";
import type { BalancingState, StoredBalancer, StoredListener, StoredTargetGroup } from "./types.ts";

export interface BalancingOptions {
  readonly folder: string | undefined;
  readonly account: Account;
  readonly network: PrivateNetwork;
  readonly scheduler: Scheduler;
}

/** Load balancers, target groups and listeners: what is kept of them, and what runs. */
export class Balancing {
  readonly state: BalancingState;
  readonly #kept: KeptState<BalancingState>;
  readonly #options: BalancingOptions;
  readonly #pools = new Map<string, TargetPool>();
  readonly #running = new Map<string, RunningListener>();

  constructor(options: BalancingOptions) {
    const path = options.folder === undefined ? undefined : join(options.folder, "balancing.json");
    this.#kept = new KeptState<BalancingState>(path, { balancers: {}, targetGroups: {}, listeners: {} });
    this.state = this.#kept.value;
    this.#options = options;
    for (const group of Object.values(this.state.targetGroups)) this.#addPool(group);
  }

  /** Starts the listeners of an earlier run, on their former ports where these are free. */
  async resume(): Promise<void> {
    for (const listener of Object.values(this.state.listeners)) await this.#listen(listener);
    this.save();
  }

  pool(targetGroupArn: string): TargetPool | undefined {
    return this.#pools.get(targetGroupArn);
  }

  now(): number {
    return this.#options.scheduler.now();
  }

  newArn(kind: "loadbalancer/app" | "targetgroup" | "listener/app", name: string): string {
    const id = randomBytes(8).toString("hex");
    return arn(this.#options.account, "elasticloadbalancing", `${kind}/${name}/${id}`);
  }

  addBalancer(balancer: StoredBalancer): void {
    this.state.balancers[balancer.arn] = balancer;
    this.save();
  }

  addTargetGroup(group: StoredTargetGroup): void {
    this.state.targetGroups[group.arn] = group;
    this.#addPool(group);
    this.save();
  }

  /** Adds a listener and starts it; its port is then the one it really has. */
  async addListener(listener: StoredListener): Promise<void> {
    await this.#listen(listener);
    this.state.listeners[listener.arn] = listener;
    this.save();
  }

  async removeListener(listenerArn: string): Promise<void> {
    delete this.state.listeners[listenerArn];
    await this.#running.get(listenerArn)?.close();
    this.#running.delete(listenerArn);
    this.save();
  }

  async removeBalancer(balancerArn: string): Promise<void> {
    for (const listener of this.listenersOf(balancerArn)) await this.removeListener(listener.arn);
    delete this.state.balancers[balancerArn];
    this.save();
  }

  removeTargetGroup(groupArn: string): void {
    this.#pools.get(groupArn)?.close();
    this.#pools.delete(groupArn);
    delete this.state.targetGroups[groupArn];
    this.save();
  }

  listenersOf(balancerArn: string): StoredListener[] {
    return Object.values(this.state.listeners).filter((one) => one.balancerArn === balancerArn);
  }

  /** Load balancers that send requests to a target group. */
  balancersOf(groupArn: string): string[] {
    const listeners = Object.values(this.state.listeners).filter((one) => one.targetGroupArn === groupArn);
    return [...new Set(listeners.map((one) => one.balancerArn))];
  }

  save(): void {
    this.#kept.save();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((listener) => listener.close()));
    for (const pool of this.#pools.values()) pool.close();
  }

  #addPool(group: StoredTargetGroup): void {
    this.#pools.set(group.arn, new TargetPool(group, this.#options.network, this.#options.scheduler));
  }

  async #listen(listener: StoredListener): Promise<void> {
    const pool = () => this.pool(listener.targetGroupArn);
    // Ports below 1024 belong to root, and 80 is what everybody asks for: such a listener gets any free port.
    const wanted = listener.port < 1024 ? 0 : listener.port;
    const running = await startListener(wanted, pool).catch(() => startListener(0, pool));
    listener.port = running.port;
    this.#running.set(listener.arn, running);
  }
}
