import type { Door } from "../endpoint.ts";
import { lastPart, type EcsStore } from "./ecs-store.ts";
import type { StoredContainer, StoredTask } from "./types.ts";

const PATH = /^\/v4\/([0-9a-f]{32})-([A-Za-z0-9_-]+)(\/task)?$/;

/** The task metadata endpoint, version 4: what a container may learn of itself and its task. */
export function metadataDoor(store: EcsStore): Door {
  return (request, response) => {
    const [, id = "", name = "", whole] = PATH.exec(request.url ?? "") ?? [];
    const task = id === "" ? undefined : store.task(id);
    const container = task?.containers.find((one) => one.name === name);
    if (task === undefined || container === undefined) return Promise.resolve(false);
    const shown = whole === undefined ? describeContainer(task, container, store) : describeTask(task, store);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(shown));
    return Promise.resolve(true);
  };
}

function describeTask(task: StoredTask, store: EcsStore): unknown {
  const [family, revision] = lastPart(task.taskDefinition).split(":");
  return {
    Cluster: store.arn(`cluster/${task.cluster}`),
    TaskARN: task.arn,
    Family: family,
    Revision: revision,
    ServiceName: task.service,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    AvailabilityZone: `${store.account.region}a`,
    LaunchType: "FARGATE",
    Containers: task.containers.map((one) => describeContainer(task, one, store)),
  };
}

function describeContainer(task: StoredTask, container: StoredContainer, store: EcsStore): unknown {
  return {
    DockerId: `${task.id}-${container.name}`,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      "com.amazonaws.ecs.cluster": store.arn(`cluster/${task.cluster}`),
      "com.amazonaws.ecs.container-name": container.name,
      "com.amazonaws.ecs.task-arn": task.arn,
      "com.amazonaws.ecs.task-definition-family": lastPart(task.taskDefinition).split(":")[0],
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    Type: "NORMAL",
    Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: task.address === undefined ? [] : [task.address] }],
  };
}
