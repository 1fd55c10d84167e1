import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { describeEach } from "./describe-each.ts";
import { describeStory, revisionArn, storyArn } from "./describe-service.ts";
import { lastPart } from "./ecs-store.ts";
import type { EcsRuntime } from "./ecs-runtime.ts";
import { inSeconds } from "./in-seconds.ts";
import type { ServiceDeploymentStory } from "./rollout/types.ts";
import type { StoredRevision, StoredService } from "./types.ts";

/** Service deployments and service revisions: what happened to a service, each time it was deployed. */
export function deploymentOperations(runtime: EcsRuntime): Operations {
  const { store } = runtime.cloud;

  function list(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const service = store.service(cluster, input.text("service"));
    if (service === undefined) throw new AwsError("ServiceNotFoundException", "Service not found.");
    const statuses = input.texts("status");
    const stories = service.rollout.stories.filter(
      (one) => statuses.length === 0 || statuses.includes(one.status),
    );
    return {
      serviceDeployments: stories.map((story) => ({
        serviceDeploymentArn: storyArn(service, story, store),
        serviceArn: service.arn,
        clusterArn: store.arn(`cluster/${service.cluster}`),
        createdAt: inSeconds(story.createdAt),
        startedAt: inSeconds(story.startedAt),
        finishedAt: inSeconds(story.finishedAt),
        targetServiceRevisionArn: revisionArn(service, story.revision, store),
        status: story.status,
        statusReason: story.statusReason,
      })),
    };
  }

  function describe(input: Input): unknown {
    const { found, failures } = describeEach(input.texts("serviceDeploymentArns"), find, (arn) => arn);
    return {
      serviceDeployments: found.map(({ service, story }) => describeStory(service, story, store)),
      failures,
    };
  }

  function find(arn: string): { service: StoredService; story: ServiceDeploymentStory } | undefined {
    const service = serviceOf(arn, "service-deployment");
    const story = service?.rollout.stories.find((one) => one.id === lastPart(arn));
    return service === undefined || story === undefined ? undefined : { service, story };
  }

  function serviceOf(arn: string, kind: string): StoredService | undefined {
    const [, cluster = "", service = ""] = arn.slice(arn.indexOf(`:${kind}/`)).split("/");
    return store.state.services[`${cluster}/${service}`];
  }

  function stop(input: Input): unknown {
    const arn = input.text("serviceDeploymentArn");
    const found = find(arn);
    if (found === undefined) {
      throw new AwsError(
        "ServiceDeploymentNotFoundException",
        "The specified service deployment was not found.",
      );
    }
    const { service, story } = found;
    const how = input.word("stopType", ["ROLLBACK", "ABORT"], "ROLLBACK");
    if (story !== service.rollout.stories[0] || !["PENDING", "IN_PROGRESS"].includes(story.status)) {
      const says = `The service deployment cannot be stopped: its status is ${story.status}.`;
      throw new AwsError("ConflictException", says);
    }
    if (how === "ROLLBACK" && service.rollout.lastCompleted === undefined) {
      throw input.invalid(
        "The service deployment has no completed service deployment before it to roll back to.",
      );
    }
    runtime.controller(service).handle({ kind: "stop", how });
    return { serviceDeploymentArn: arn };
  }

  function describeRevisions(input: Input): unknown {
    const { found, failures } = describeEach(input.texts("serviceRevisionArns"), findRevision, (arn) => arn);
    return { serviceRevisions: found.map(({ service, revision }) => shape(service, revision)), failures };
  }

  function findRevision(arn: string): { service: StoredService; revision: StoredRevision } | undefined {
    const service = serviceOf(arn, "service-revision");
    const revision = service?.revisions[lastPart(arn)];
    return service === undefined || revision === undefined ? undefined : { service, revision };
  }

  function shape(service: StoredService, revision: StoredRevision): unknown {
    const definition = store.taskDefinition(revision.taskDefinition);
    const digests = new Map(
      store
        .tasksOf(service)
        .filter((task) => task.taskDefinition === revision.taskDefinition)
        .flatMap((task) => task.containers.map((one) => [one.name, one.imageDigest] as const)),
    );
    return {
      serviceRevisionArn: revisionArn(service, revision.id, store),
      serviceArn: service.arn,
      clusterArn: store.arn(`cluster/${service.cluster}`),
      taskDefinition: revision.taskDefinition,
      launchType: service.given["launchType"],
      loadBalancers: revision.balancers,
      networkConfiguration: service.given["networkConfiguration"],
      containerImages: definition?.containers.map(({ name, image }) => ({
        containerName: name,
        image,
        imageDigest: digests.get(name),
      })),
      createdAt: inSeconds(revision.createdAt),
    };
  }

  return {
    ListServiceDeployments: list,
    DescribeServiceDeployments: describe,
    StopServiceDeployment: stop,
    DescribeServiceRevisions: describeRevisions,
  };
}
