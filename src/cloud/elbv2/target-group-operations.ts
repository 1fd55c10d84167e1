import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { Balancing } from "./balancing.ts";
import { findTargetPool } from "./find-target-pool.ts";
import { NamedResources } from "./named-resources.ts";
import { readHealthCheck } from "./read-health-check.ts";
import type { StoredTargetGroup } from "./types.ts";

const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/;

const ATTRIBUTES: Readonly<Record<string, string>> = {
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.algorithm.type": "round_robin",
  "slow_start.duration_seconds": "0",
  "stickiness.enabled": "false",
};

/** Target groups and their attributes. */
export function targetGroupOperations(balancing: Balancing): Operations {
  const groups = new NamedResources<StoredTargetGroup>({
    code: "TargetGroup",
    noun: "target group",
    pattern: NAME,
    all: () => Object.values(balancing.state.targetGroups),
    byArn: (arn) => findTargetPool(balancing, arn).group,
    noSuchName: () => "One or more target groups not found",
  });

  function createTargetGroup(input: Input): unknown {
    const name = groups.readName(input);
    const wanted = {
      name,
      port: input.optionalWhole("Port") ?? 80,
      targetType: input.word("TargetType", ["ip", "instance"], "instance"),
      vpcId: input.optionalText("VpcId"),
      health: readHealthCheck(input),
    };
    const isSame = (one: StoredTargetGroup) =>
      one.port === wanted.port && JSON.stringify(one.health) === JSON.stringify(wanted.health);
    const group = groups.createOnce(name, isSame, () => {
      const fresh = { arn: balancing.newArn("targetgroup", name), attributes: { ...ATTRIBUTES }, ...wanted };
      balancing.addTargetGroup(fresh);
      return fresh;
    });
    return { TargetGroups: [describe(group)] };
  }

  function describeTargetGroups(input: Input): unknown {
    const arns = input.texts("TargetGroupArns");
    const names = input.texts("Names");
    const balancer = input.optionalText("LoadBalancerArn");
    const found = groups
      .list(arns, names)
      .filter((one) => balancer === undefined || balancing.balancersOf(one.arn).includes(balancer));
    return { TargetGroups: found.map(describe) };
  }

  function describe(group: StoredTargetGroup): unknown {
    return {
      TargetGroupArn: group.arn,
      TargetGroupName: group.name,
      Protocol: "HTTP",
      ProtocolVersion: "HTTP1",
      Port: group.port,
      VpcId: group.vpcId,
      TargetType: group.targetType,
      HealthCheckEnabled: true,
      HealthCheckProtocol: "HTTP",
      HealthCheckPort: "traffic-port",
      HealthCheckPath: group.health.path,
      HealthCheckIntervalSeconds: group.health.intervalSeconds,
      HealthCheckTimeoutSeconds: group.health.timeoutSeconds,
      HealthyThresholdCount: group.health.healthyThreshold,
      UnhealthyThresholdCount: group.health.unhealthyThreshold,
      Matcher: { HttpCode: group.health.matcher },
      LoadBalancerArns: balancing.balancersOf(group.arn),
    };
  }

  function deleteTargetGroup(input: Input): unknown {
    const arn = input.text("TargetGroupArn");
    if (balancing.balancersOf(arn).length > 0) {
      const says = `Target group '${arn}' is currently in use by a listener or a rule`;
      throw new AwsError("ResourceInUse", says);
    }
    balancing.removeTargetGroup(arn);
    return {};
  }

  function modifyAttributes(input: Input): unknown {
    const { group } = findTargetPool(balancing, input.text("TargetGroupArn"));
    const changes = input.inputs("Attributes").map((one) => [one.text("Key"), one.text("Value")] as const);
    for (const [key, value] of changes) {
      if (ATTRIBUTES[key] === undefined) {
        const says = `Target group attribute key '${key}' is not recognized`;
        throw new AwsError("InvalidConfigurationRequest", says);
      }
      if (key === "deregistration_delay.timeout_seconds" && !(Number(value) >= 0 && Number(value) <= 3600)) {
        const says = `'${value}' is not a valid value for ${key}: it must be between 0 and 3600`;
        throw new AwsError("InvalidConfigurationRequest", says);
      }
    }
    Object.assign(group.attributes, Object.fromEntries(changes));
    balancing.save();
    return { Attributes: attributesOf(group) };
  }

  function describeAttributes(input: Input): unknown {
    const { group } = findTargetPool(balancing, input.text("TargetGroupArn"));
    return { Attributes: attributesOf(group) };
  }

  return {
    CreateTargetGroup: createTargetGroup,
    DescribeTargetGroups: describeTargetGroups,
    DeleteTargetGroup: deleteTargetGroup,
    ModifyTargetGroupAttributes: modifyAttributes,
    DescribeTargetGroupAttributes: describeAttributes,
  };
}

function attributesOf(group: StoredTargetGroup): unknown {
  return Object.entries(group.attributes).map(([Key, Value]) => ({ Key, Value }));
}
