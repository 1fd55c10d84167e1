import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { Balancing } from "./balancing.ts";
import { findBalancer } from "./find-balancer.ts";
import { findTargetPool } from "./find-target-pool.ts";
import type { StoredListener } from "./types.ts";

/** Listeners: each forwards what arrives on a port of its load balancer to one target group. */
export function listenerOperations(balancing: Balancing): Operations {
  async function createListener(input: Input): Promise<unknown> {
    const owner = findBalancer(balancing, input.text("LoadBalancerArn"));
    const [action] = input.inputs("DefaultActions");
    if (action === undefined || action.text("Type") !== "forward") {
      throw new AwsError("ValidationError", "The local cloud needs one default action of the type 'forward'");
    }
    const groups = action.optionalInput("ForwardConfig")?.inputs("TargetGroups") ?? [];
    const groupArn = action.optionalText("TargetGroupArn") ?? groups[0]?.text("TargetGroupArn") ?? "";
    if (groups.length > 1)
      throw new AwsError("ValidationError", "The local cloud forwards to one target group");
    findTargetPool(balancing, groupArn);
    const port = input.optionalWhole("Port") ?? 80;
    if (port < 0 || port > 65_535) throw new AwsError("ValidationError", `'${port}' is not a port`);
    if (port !== 0 && balancing.listenersOf(owner.arn).some((one) => one.port === port)) {
      throw new AwsError(
        "DuplicateListener",
        `A listener already exists on port ${port} of this load balancer`,
      );
    }
    const listener: StoredListener = {
      arn: balancing.newArn("listener/app", owner.arn.split("/").slice(-2).join("/")),
      balancerArn: owner.arn,
      port,
      targetGroupArn: groupArn,
    };
    await balancing.addListener(listener);
    return { Listeners: [describeListener(listener)] };
  }

  function describeListeners(input: Input): unknown {
    const arns = input.texts("ListenerArns");
    const owner = input.optionalText("LoadBalancerArn");
    const found =
      owner === undefined
        ? arns.map((arn) => {
            const listener = balancing.state.listeners[arn];
            if (listener === undefined) throw new AwsError("ListenerNotFound", `Listener '${arn}' not found`);
            return listener;
          })
        : balancing.listenersOf(findBalancer(balancing, owner).arn);
    return { Listeners: found.map(describeListener) };
  }

  async function deleteListener(input: Input): Promise<unknown> {
    const arn = input.text("ListenerArn");
    if (balancing.state.listeners[arn] === undefined) {
      throw new AwsError("ListenerNotFound", `Listener '${arn}' not found`);
    }
    await balancing.removeListener(arn);
    return {};
  }

  return {
    CreateListener: createListener,
    DescribeListeners: describeListeners,
    DeleteListener: deleteListener,
  };
}

function describeListener(listener: StoredListener): unknown {
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.balancerArn,
    Port: listener.port,
    Protocol: "HTTP",
    DefaultActions: [
      {
        Type: "forward",
        TargetGroupArn: listener.targetGroupArn,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: listener.targetGroupArn, Weight: 1 }] },
      },
    ],
  };
}
