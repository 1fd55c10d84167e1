import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { Balancing } from "./balancing.ts";
import { findBalancer } from "./find-balancer.ts";
import { NamedResources } from "./named-resources.ts";
import type { StoredBalancer } from "./types.ts";

const NAME = /^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/;

/** Load balancers. */
export function balancerOperations(balancing: Balancing): Operations {
  const balancers = new NamedResources<StoredBalancer>({
    code: "LoadBalancer",
    noun: "load balancer",
    pattern: NAME,
    all: () => Object.values(balancing.state.balancers),
    byArn: (arn) => findBalancer(balancing, arn),
    noSuchName: (name) => `Load balancers '[${name}]' not found`,
  });

  function createLoadBalancer(input: Input): unknown {
    const name = balancers.readName(input);
    const type = input.optionalText("Type") ?? "application";
    if (type !== "application")
      throw new AwsError("ValidationError", `The local cloud has no '${type}' load balancers`);
    const wanted = {
      name,
      scheme: input.word("Scheme", ["internet-facing", "internal"], "internet-facing"),
      subnets: input.texts("Subnets"),
      securityGroups: input.texts("SecurityGroups"),
    };
    const isSame = (one: StoredBalancer) => one.scheme === wanted.scheme;
    const balancer = balancers.createOnce(name, isSame, () => {
      const fresh = {
        arn: balancing.newArn("loadbalancer/app", name),
        createdAt: balancing.now(),
        ...wanted,
      };
      balancing.addBalancer(fresh);
      return fresh;
    });
    return { LoadBalancers: [describe(balancer)] };
  }

  function describeLoadBalancers(input: Input): unknown {
    const found = balancers.list(input.texts("LoadBalancerArns"), input.texts("Names"));
    return { LoadBalancers: found.map(describe) };
  }

  async function deleteLoadBalancer(input: Input): Promise<unknown> {
    const arn = input.text("LoadBalancerArn");
    // Deleting what is not there succeeds on AWS.
    if (balancing.state.balancers[arn] !== undefined) await balancing.removeBalancer(arn);
    return {};
  }

  return {
    CreateLoadBalancer: createLoadBalancer,
    DescribeLoadBalancers: describeLoadBalancers,
    DeleteLoadBalancer: deleteLoadBalancer,
  };
}

function describe(balancer: StoredBalancer): unknown {
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
