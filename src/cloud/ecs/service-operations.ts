import { userArn } from "../account.ts";
import type { Balancing } from "../elbv2/balancing.ts";
import type { Caller, Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { describeEach } from "./describe-each.ts";
import { describeService } from "./describe-service.ts";
import { lastPart } from "./ecs-store.ts";
import type { EcsRuntime } from "./ecs-runtime.ts";
import { isEcsName } from "./is-ecs-name.ts";
import { newNineteenDigits } from "./new-ids.ts";
import { DEFAULT_RULES, readRules } from "./read-rules.ts";
import { readServiceBalancers } from "./read-service-balancers.ts";
import { recordedFields } from "./recorded-fields.ts";
import { newRollout } from "./rollout/rollout.ts";
import type { StoredService } from "./types.ts";

const RECORDED = [
  "launchType",
  "networkConfiguration",
  "platformVersion",
  "propagateTags",
  "tags",
  "capacityProviderStrategy",
];

// Ten seconds of the cloud's time before the fourth try, then twice as long each time.
const RESTART_DELAY_MS = 10_000;

/** Services: created, pointed at another task definition, scaled, deleted. */
export function serviceOperations(runtime: EcsRuntime, balancing: Balancing): Operations {
  const { store, scheduler } = runtime.cloud;

  function create(input: Input, caller: Caller): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const name = input.text("serviceName");
    if (!isEcsName(name)) throw input.invalid("Invalid service name.");
    const existing = store.service(cluster, name);
    if (existing?.status === "ACTIVE") throw input.invalid("Creation of service was not idempotent.");
    if (existing?.status === "DRAINING")
      throw input.invalid("Unable to Start a service that is still Draining.");
    const controller = input.optionalInput("deploymentController")?.optionalText("type") ?? "ECS";
    if (controller !== "ECS")
      throw new AwsError(
        "UnsupportedFeatureException",
        `The local cloud has no deployment controller ${controller}.`,
      );
    const definition = store.activeTaskDefinition(input.text("taskDefinition"));
    const balancers = readServiceBalancers(input, definition, balancing);
    const rules = readRules(input, DEFAULT_RULES);
    const service: StoredService = {
      cluster: cluster.name,
      name,
      arn: store.arn(`service/${cluster.name}/${name}`),
      createdAt: scheduler.now(),
      createdBy: userArn(store.account, caller.accessKey),
      status: "ACTIVE",
      taskDefinition: definition.arn,
      balancers,
      graceSeconds: input.optionalWhole("healthCheckGracePeriodSeconds") ?? 0,
      given: recordedFields(input, RECORDED),
      rollout: newRollout({
        desired: 0,
        ...DEFAULT_RULES,
        ...rules,
        restartDelayMs: scheduler.compressed(RESTART_DELAY_MS),
      }),
      events: [],
      revisions: {},
    };
    store.state.services[`${cluster.name}/${name}`] = service;
    deploy(service);
    return { service: describeService(service, store) };
  }

  function update(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const service = store.activeService(cluster, input.text("service"));
    const definition = input.has("taskDefinition")
      ? store.activeTaskDefinition(input.text("taskDefinition"))
      : undefined;
    const wanted = definition ?? store.taskDefinition(service.taskDefinition);
    const balancers =
      input.has("loadBalancers") && wanted !== undefined
        ? readServiceBalancers(input, wanted, balancing)
        : service.balancers;
    const rules = readRules(input, service.rollout.rules);

    if (input.has("healthCheckGracePeriodSeconds"))
      service.graceSeconds = input.whole("healthCheckGracePeriodSeconds");
    service.given = { ...service.given, ...recordedFields(input, RECORDED) };
    if (Object.keys(rules).length > 0) runtime.controller(service).handle({ kind: "change-rules", rules });
    const differs =
      (definition !== undefined && definition.arn !== service.taskDefinition) ||
      JSON.stringify(balancers) !== JSON.stringify(service.balancers);
    if (definition !== undefined) service.taskDefinition = definition.arn;
    service.balancers = balancers;
    // A new number of tasks alone is no deployment.
    if (differs || input.flag("forceNewDeployment", false)) deploy(service);
    store.save();
    return { service: describeService(service, store) };
  }

  function deploy(service: StoredService): void {
    const id = newNineteenDigits();
    service.revisions[id] = {
      id,
      taskDefinition: service.taskDefinition,
      createdAt: scheduler.now(),
      balancers: service.balancers,
    };
    runtime
      .controller(service)
      .handle({ kind: "deploy", revision: id, taskDefinition: service.taskDefinition });
  }

  function describe(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const wanted = input.texts("services");
    if (wanted.length === 0 || wanted.length > 10)
      throw input.invalid("services must have between 1 and 10 entries.");
    const { found, failures } = describeEach(
      wanted,
      (name) => store.service(cluster, name),
      (name) => store.arn(`service/${cluster.name}/${lastPart(name)}`),
    );
    return { services: found.map((service) => describeService(service, store)), failures };
  }

  function list(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const services = Object.values(store.state.services);
    const active = services.filter((one) => one.cluster === cluster.name && one.status !== "INACTIVE");
    return { serviceArns: active.map((one) => one.arn) };
  }

  function remove(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const service = store.service(cluster, input.text("service"));
    if (service === undefined || service.status === "INACTIVE") {
      throw new AwsError("ServiceNotFoundException", "Service not found.");
    }
    if (service.rollout.rules.desired > 0 && !input.flag("force", false)) {
      throw input.invalid("The service cannot be stopped while it is scaled above 0.");
    }
    service.status = "DRAINING";
    runtime.controller(service).handle({ kind: "change-rules", rules: { desired: 0 } });
    void runtime.controller(service).retire();
    return { service: describeService(service, store) };
  }

  return {
    CreateService: create,
    UpdateService: update,
    DescribeServices: describe,
    ListServices: list,
    DeleteService: remove,
  };
}
