import type { SandboxAbility } from "../../machine/sandbox/types.ts";
import type { CloudDatabase } from "../database/cloud-database.ts";
import type { Cloud } from "../start.ts";

/** Where a load balancer listens. */
export interface BalancerAddress {
  readonly name: string;
  readonly url: string;
}

/** What `slipway cloud status` tells. No secrets. */
export interface CloudStatus {
  readonly name: string;
  readonly pid: number;
  readonly endpoint: string;
  readonly registry: string;
  readonly region: string;
  readonly account: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly services: readonly {
    readonly cluster: string;
    readonly service: string;
    readonly taskDefinition: string;
    readonly desired: number;
    readonly running: number;
    readonly pending: number;
    readonly rollout: string;
  }[];
  readonly loadBalancers: readonly BalancerAddress[];
  readonly database: { readonly host: string; readonly port: number; readonly version: string } | undefined;
  /** How tasks are kept apart from this machine. */
  readonly sandbox: { readonly kind: string; readonly note: string };
  readonly memoryBytes: number;
}

export function describeCloud(parts: {
  readonly name: string;
  readonly cloud: Cloud;
  readonly database: CloudDatabase | undefined;
  readonly startedAt: string;
  readonly sandbox: SandboxAbility;
}): CloudStatus {
  const { name, cloud, database, startedAt, sandbox } = parts;
  const { store, scheduler } = cloud.ecs.cloud;
  const services = Object.values(store.state.services).filter((one) => one.status !== "INACTIVE");
  return {
    name,
    pid: process.pid,
    endpoint: cloud.endpoint,
    registry: cloud.registry,
    region: cloud.account.region,
    account: cloud.account.id,
    startedAt,
    uptimeSeconds: Math.round((scheduler.now() - Date.parse(startedAt)) / 1000),
    services: services.map((service) => {
      const tasks = store.tasksOf(service);
      return {
        cluster: service.cluster,
        service: service.name,
        taskDefinition: service.taskDefinition.slice(service.taskDefinition.lastIndexOf("/") + 1),
        desired: service.rollout.rules.desired,
        running: tasks.filter((task) => task.lastStatus === "RUNNING").length,
        pending: tasks.filter((task) => ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus))
          .length,
        rollout: service.rollout.deployments[0]?.state ?? "",
      };
    }),
    loadBalancers: listBalancers(cloud),
    database:
      database === undefined
        ? undefined
        : { host: "127.0.0.1", port: database.port, version: database.version },
    sandbox: { kind: sandbox.kind, note: sandbox.note },
    memoryBytes: process.memoryUsage.rss(),
  };
}

/** Load balancers with the addresses of their listeners. */
export function listBalancers({ balancing }: Cloud): BalancerAddress[] {
  return Object.values(balancing.state.balancers).flatMap(({ arn, name }) =>
    balancing.listenersOf(arn).map(({ port }) => ({ name, url: `http://127.0.0.1:${port}` })),
  );
}
