import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { Balancing } from "./balancing.ts";
import type { TargetPool } from "./target-pool.ts";
import type { Target } from "./target.ts";
import type { HealthCheckSettings, StoredTargetGroup } from "./types.ts";

const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/;

const ATTRIBUTES: Readonly<Record<string, string>> = {
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.algorithm.type": "round_robin",
  "slow_start.duration_seconds": "0",
  "stickiness.enabled": "false",
};

/** Target groups, their attributes, their targets and these targets' health. */
export function targetGroupOperations(balancing: Balancing): Operations {
  function pool(arn: string): TargetPool {
    const found = balancing.pool(arn);
    if (found === undefined) throw new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
    return found;
  }

  function createTargetGroup(input: Input): unknown {
    const name = input.text("Name");
    if (!NAME.test(name)) {
      const says = `The target group name '${name}' must be at most 32 letters, digits and dashes, without a dash at either end`;
      throw new AwsError("ValidationError", says);
    }
    const wanted = {
      name,
      port: input.optionalWhole("Port") ?? 80,
      targetType: input.word("TargetType", ["ip", "instance"], "instance"),
      vpcId: input.optionalText("VpcId"),
      health: readHealth(input),
    };
    const same = Object.values(balancing.state.targetGroups).find((one) => one.name === name);
    if (same !== undefined) {
      if (same.port === wanted.port && JSON.stringify(same.health) === JSON.stringify(wanted.health)) {
        return { TargetGroups: [describe(same)] };
      }
      const says = `A target group with the same name '${name}' exists, but with different settings`;
      throw new AwsError("DuplicateTargetGroupName", says);
    }
    const arn = balancing.newArn("targetgroup", name);
    const group: StoredTargetGroup = { arn, attributes: { ...ATTRIBUTES }, ...wanted };
    balancing.addTargetGroup(group);
    return { TargetGroups: [describe(group)] };
  }

  function describeTargetGroups(input: Input): unknown {
    const arns = input.texts("TargetGroupArns");
    const names = input.texts("Names");
    const balancer = input.optionalText("LoadBalancerArn");
    const all = Object.values(balancing.state.targetGroups);
    const byName = names.map((name) => {
      const found = all.find((one) => one.name === name);
      if (found === undefined)
        throw new AwsError("TargetGroupNotFound", "One or more target groups not found");
      return found;
    });
    const listed =
      arns.length + names.length === 0 ? all : [...arns.map((arn) => pool(arn).group), ...byName];
    const found = listed.filter(
      (one) => balancer === undefined || balancing.balancersOf(one.arn).includes(balancer),
    );
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
    const { group } = pool(input.text("TargetGroupArn"));
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

  function registerTargets(input: Input): unknown {
    const targets = pool(input.text("TargetGroupArn"));
    for (const { host, port } of readTargets(input, targets)) targets.register(host, port);
    return {};
  }

  function deregisterTargets(input: Input): unknown {
    const targets = pool(input.text("TargetGroupArn"));
    for (const { host, port } of readTargets(input, targets)) void targets.deregister(host, port);
    return {};
  }

  function describeTargetHealth(input: Input): unknown {
    const targets = pool(input.text("TargetGroupArn"));
    const wanted = readTargets(input, targets);
    if (wanted.length === 0) return { TargetHealthDescriptions: targets.targets().map(health) };
    return {
      TargetHealthDescriptions: wanted.map(({ host, port }) => {
        const found = targets.find(host, port);
        if (found !== undefined) return health(found);
        const description = "Target is not registered to the target group";
        return {
          Target: { Id: host, Port: port },
          TargetHealth: { State: "unused", Reason: "Target.NotRegistered", Description: description },
        };
      }),
    };
  }

  return {
    CreateTargetGroup: createTargetGroup,
    DescribeTargetGroups: describeTargetGroups,
    DeleteTargetGroup: deleteTargetGroup,
    ModifyTargetGroupAttributes: modifyAttributes,
    DescribeTargetGroupAttributes: (input: Input) => ({
      Attributes: attributesOf(pool(input.text("TargetGroupArn")).group),
    }),
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
    DescribeTargetHealth: describeTargetHealth,
  };
}

function readHealth(input: Input): HealthCheckSettings {
  const bounded = (name: string, otherwise: number, least: number, most: number) => {
    const value = input.optionalWhole(name) ?? otherwise;
    if (value >= least && value <= most) return value;
    throw new AwsError("ValidationError", `${name} must be between ${least} and ${most}, got ${value}`);
  };
  const health = {
    path: input.optionalText("HealthCheckPath") ?? "/",
    intervalSeconds: bounded("HealthCheckIntervalSeconds", 30, 5, 300),
    timeoutSeconds: bounded("HealthCheckTimeoutSeconds", 5, 2, 120),
    healthyThreshold: bounded("HealthyThresholdCount", 5, 2, 10),
    unhealthyThreshold: bounded("UnhealthyThresholdCount", 2, 2, 10),
    matcher: input.optionalInput("Matcher")?.optionalText("HttpCode") ?? "200",
  };
  if (!health.path.startsWith("/"))
    throw new AwsError("ValidationError", `Health check path '${health.path}' must begin with '/'`);
  if (!/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(health.matcher)) {
    throw new AwsError("ValidationError", `'${health.matcher}' is not a valid HTTP code matcher`);
  }
  return health;
}

function readTargets(input: Input, pool: TargetPool): { host: string; port: number }[] {
  return input.inputs("Targets").map((one) => {
    return { host: one.text("Id"), port: one.optionalWhole("Port") ?? pool.group.port };
  });
}

function attributesOf(group: StoredTargetGroup): unknown {
  return Object.entries(group.attributes).map(([Key, Value]) => ({ Key, Value }));
}

function health(target: Target): unknown {
  return {
    Target: { Id: target.host, Port: target.port },
    HealthCheckPort: String(target.port),
    TargetHealth: {
      State: target.state,
      Reason: target.reason?.code,
      Description: target.reason?.description,
    },
  };
}
