import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { SlipwayError } from "../../core/errors.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask, isNamed } from "./translate-error.ts";

export interface LoadBalancers {
  /** ARN of the target group of that name. Throws `TARGET_GROUP_MISSING` (exit 11). */
  targetGroup(name: string): Promise<string>;
  /** How a target of that group comes and goes, as it is set now. Throws `TARGET_GROUP_MISSING` (exit 11). */
  timing(targetGroup: string): Promise<TargetTiming>;
  /** Where people reach the targets of that group. Throws `LOAD_BALANCER_MISSING` (exit 11). */
  url(targetGroup: string): Promise<string>;
}

/** Seconds, and how many good checks make a target healthy. */
export interface TargetTiming {
  readonly healthIntervalSeconds: number;
  readonly healthyThreshold: number;
  readonly drainSeconds: number;
}

// What AWS takes where nothing is set: ELB's user guide, target group attributes and health checks.
const USUAL = { interval: 30, threshold: 5, drain: 300 } as const;
const DRAIN = "deregistration_delay.timeout_seconds";

/** Elastic Load Balancing, as far as a service needs it. */
export function loadBalancers(access: CloudAccess): LoadBalancers {
  const client = new ElasticLoadBalancingV2Client(clientSettings(access));

  async function find(name: string) {
    const group = await ask("elasticloadbalancing", "DescribeTargetGroups", async () => {
      try {
        return (await client.send(new DescribeTargetGroupsCommand({ Names: [name] }))).TargetGroups?.[0];
      } catch (error) {
        if (isNamed(error, "TargetGroupNotFoundException", "TargetGroupNotFound")) return undefined;
        throw error;
      }
    });
    if (group?.TargetGroupArn !== undefined)
      return { arn: group.TargetGroupArn, balancer: group.LoadBalancerArns?.[0], group };
    throw missing("TARGET_GROUP_MISSING", name, "there is no target group of that name");
  }

  return {
    targetGroup: async (name) => (await find(name)).arn,

    async timing(name) {
      const { arn, group } = await find(name);
      const { Attributes = [] } = await ask("elasticloadbalancing", "DescribeTargetGroupAttributes", () =>
        client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn })),
      );
      const drain = Attributes.find(({ Key }) => Key === DRAIN)?.Value;
      return {
        healthIntervalSeconds: group.HealthCheckIntervalSeconds ?? USUAL.interval,
        healthyThreshold: group.HealthyThresholdCount ?? USUAL.threshold,
        drainSeconds: drain === undefined ? USUAL.drain : Number(drain),
      };
    },

    async url(name) {
      const { balancer } = await find(name);
      if (balancer === undefined)
        throw missing("LOAD_BALANCER_MISSING", name, "no load balancer uses the target group");

      const [balancers, listeners] = await Promise.all([
        ask("elasticloadbalancing", "DescribeLoadBalancers", () =>
          client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [balancer] })),
        ),
        ask("elasticloadbalancing", "DescribeListeners", () =>
          client.send(new DescribeListenersCommand({ LoadBalancerArn: balancer })),
        ),
      ]);
      const host = balancers.LoadBalancers?.[0]?.DNSName;
      const all = listeners.Listeners ?? [];
      const listener = all.find(({ Protocol }) => Protocol === "HTTPS") ?? all[0];
      if (host === undefined || listener?.Port === undefined) {
        throw missing("LOAD_BALANCER_MISSING", name, "its load balancer has no listener");
      }
      const protocol = listener.Protocol === "HTTPS" ? "https" : "http";
      const usual = listener.Port === (protocol === "https" ? 443 : 80);
      return `${protocol}://${host}${usual ? "" : `:${listener.Port}`}`;
    },
  };
}

function missing(code: string, at: string, says: string): SlipwayError {
  const hint =
    "create it with the app's infrastructure; on the local cloud: `slipway cloud up` in the app's folder";
  return new SlipwayError({ code, at, says, hint }, "verifyFailed");
}
