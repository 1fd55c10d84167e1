import type { Scheduler } from "../scheduler.ts";
import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { describeEach } from "./describe-each.ts";
import { lastPart, type EcsStore } from "./ecs-store.ts";
import { isEcsName } from "./is-ecs-name.ts";
import type { StoredCluster } from "./types.ts";

/** Clusters: here only names that services and tasks belong to. */
export function clusterOperations(store: EcsStore, scheduler: Scheduler): Operations {
  function create(input: Input): unknown {
    const name = input.optionalText("clusterName") ?? "default";
    if (!isEcsName(name)) throw new AwsError("InvalidParameterException", "Invalid cluster name.");
    const existing = store.state.clusters[name];
    // As on AWS, creating one that is there answers it.
    const cluster: StoredCluster =
      existing?.status === "ACTIVE" ? existing : { name, createdAt: scheduler.now(), status: "ACTIVE" };
    store.state.clusters[name] = cluster;
    store.save();
    return { cluster: describe(cluster) };
  }

  function describeAll(input: Input): unknown {
    const names = input.has("clusters") ? input.texts("clusters").map(lastPart) : ["default"];
    const { found, failures } = describeEach(
      names,
      (name) => store.state.clusters[name],
      (name) => store.arn(`cluster/${name}`),
    );
    return { clusters: found.map(describe), failures };
  }

  function describe(cluster: StoredCluster): unknown {
    const services = Object.values(store.state.services).filter(
      (one) => one.cluster === cluster.name && one.status !== "INACTIVE",
    );
    const tasks = Object.values(store.state.tasks).filter((one) => one.cluster === cluster.name);
    return {
      clusterArn: store.arn(`cluster/${cluster.name}`),
      clusterName: cluster.name,
      status: cluster.status,
      registeredContainerInstancesCount: 0,
      runningTasksCount: tasks.filter((one) => one.lastStatus === "RUNNING").length,
      pendingTasksCount: tasks.filter((one) =>
        ["PROVISIONING", "PENDING", "ACTIVATING"].includes(one.lastStatus),
      ).length,
      activeServicesCount: services.length,
      statistics: [],
      tags: [],
      settings: [],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    };
  }

  return { CreateCluster: create, DescribeClusters: describeAll };
}
