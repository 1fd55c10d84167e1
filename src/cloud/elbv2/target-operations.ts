import type { Operations } from "../wire/aws-call.ts";
import type { Input } from "../wire/input.ts";
import type { Balancing } from "./balancing.ts";
import { findTargetPool } from "./find-target-pool.ts";
import type { TargetPool } from "./target-pool.ts";
import type { Target } from "./target.ts";

/** The targets of a target group: registered, deregistered, and how they are. */
export function targetOperations(balancing: Balancing): Operations {
  function registerTargets(input: Input): unknown {
    const targets = findTargetPool(balancing, input.text("TargetGroupArn"));
    for (const { host, port } of readTargets(input, targets)) targets.register(host, port);
    return {};
  }

  function deregisterTargets(input: Input): unknown {
    const targets = findTargetPool(balancing, input.text("TargetGroupArn"));
    for (const { host, port } of readTargets(input, targets)) void targets.deregister(host, port);
    return {};
  }

  function describeTargetHealth(input: Input): unknown {
    const targets = findTargetPool(balancing, input.text("TargetGroupArn"));
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
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
    DescribeTargetHealth: describeTargetHealth,
  };
}

function readTargets(input: Input, pool: TargetPool): { host: string; port: number }[] {
  return input.inputs("Targets").map((one) => {
    return { host: one.text("Id"), port: one.optionalWhole("Port") ?? pool.group.port };
  });
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
