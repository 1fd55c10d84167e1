import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { Balancing } from "./balancing.ts";
import type { StoredBalancer, StoredListener } from "./types.ts";

const NAME = /^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/;

/** Load balancers and their listeners. */
export function balancerOperations(balancing: Balancing): Operations {
  function balancer(arn: string): StoredBalancer {
    const found = balancing.state.balancers[arn];
    if (found === undefined) throw new AwsError("LoadBalancerNotFound", `Load balancer '${arn}' not found`);
    return found;
  }

  function createLoadBalancer(input: Input): unknown {
    const name = input.text("Name");
    if (!NAME.test(name)) {
      const says = `The load balancer name '${name}' must be at most 32 letters, digits and dashes, without a dash at either end`;
      throw new AwsError("ValidationError", says);
    }
    const type = input.optionalText("Type") ?? "application";
    if (type !== "application")
      throw new AwsError("ValidationError", `The local cloud has no '${type}' load balancers`);
    const wanted = {
      name,
      scheme: input.word("Scheme", ["internet-facing", "internal"], "internet-facing"),
      subnets: input.texts("Subnets"),
      securityGroups: input.texts("SecurityGroups"),
    };
    const same = Object.values(balancing.state.balancers).find((one) => one.name === name);
    if (same !== undefined) {
      // As on AWS, the same call again answers what is there; one that differs is refused.
      if (same.scheme === wanted.scheme) return { LoadBalancers: [describeBalancer(same)] };
      const says = `A load balancer with the same name '${name}' exists, but with different settings`;
      throw new AwsError("DuplicateLoadBalancerName", says);
    }
    const arn = balancing.newArn("loadbalancer/app", name);
    const fresh: StoredBalancer = { arn, createdAt: balancing.now(), ...wanted };
    balancing.addBalancer(fresh);
    return { LoadBalancers: [describeBalancer(fresh)] };
  }

  function describeLoadBalancers(input: Input): unknown {
    const arns = input.texts("LoadBalancerArns");
    const names = input.texts("Names");
    const all = Object.values(balancing.state.balancers);
    const byName = names.map((name) => {
      const found = all.find((one) => one.name === name);
      if (found === undefined)
        throw new AwsError("LoadBalancerNotFound", `Load balancers '[${name}]' not found`);
      return found;
    });
    const found = arns.length + names.length === 0 ? all : [...arns.map(balancer), ...byName];
    return { LoadBalancers: found.map(describeBalancer) };
  }

  async function deleteLoadBalancer(input: Input): Promise<unknown> {
    const arn = input.text("LoadBalancerArn");
    // Deleting what is not there succeeds on AWS.
    if (balancing.state.balancers[arn] !== undefined) await balancing.removeBalancer(arn);
    return {};
  }

  async function createListener(input: Input): Promise<unknown> {
    const owner = balancer(input.text("LoadBalancerArn"));
    const [action] = input.inputs("DefaultActions");
    if (action === undefined || action.text("Type") !== "forward") {
      throw new AwsError("ValidationError", "The local cloud needs one default action of the type 'forward'");
    }
    const groups = action.optionalInput("ForwardConfig")?.inputs("TargetGroups") ?? [];
    const groupArn = action.optionalText("TargetGroupArn") ?? groups[0]?.text("TargetGroupArn") ?? "";
    if (groups.length > 1)
      throw new AwsError("ValidationError", "The local cloud forwards to one target group");
    if (balancing.pool(groupArn) === undefined) {
      throw new AwsError("TargetGroupNotFound", `Target groups '${groupArn}' not found`);
    }
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
        : balancing.listenersOf(balancer(owner).arn);
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
    CreateLoadBalancer: createLoadBalancer,
    DescribeLoadBalancers: describeLoadBalancers,
    DeleteLoadBalancer: deleteLoadBalancer,
    CreateListener: createListener,
    DescribeListeners: describeListeners,
    DeleteListener: deleteListener,
  };
}

function describeBalancer(balancer: StoredBalancer): unknown {
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    // No name server knows of this cloud; each listener has a port of its own on loopback instead.
    DNSName: "127.0.0.1",
    CanonicalHostedZoneId: "Z35SXDOTRQ7X7K",
    CreatedTime: new Date(balancer.createdAt),
    Scheme: balancer.scheme,
    VpcId: "vpc-local",
    State: { Code: "active" },
    Type: "application",
    AvailabilityZones: balancer.subnets.map((subnet) => ({ SubnetId: subnet })),
    SecurityGroups: balancer.securityGroups,
    IpAddressType: "ipv4",
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
