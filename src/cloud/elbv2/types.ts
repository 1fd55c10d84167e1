// What the load balancing service keeps. Times are milliseconds since the epoch, settings are seconds as AWS has them.

export interface HealthCheckSettings {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** HTTP codes that count as healthy: `200`, `200,204` or `200-299`. */
  readonly matcher: string;
}

export interface StoredTargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  readonly targetType: string;
  readonly vpcId: string | undefined;
  health: HealthCheckSettings;
  attributes: Record<string, string>;
}

export interface StoredBalancer {
  readonly arn: string;
  readonly name: string;
  readonly scheme: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly createdAt: number;
}

export interface StoredListener {
  readonly arn: string;
  readonly balancerArn: string;
  /** The port it really listens on. */
  port: number;
  readonly targetGroupArn: string;
}

export interface BalancingState {
  readonly balancers: Record<string, StoredBalancer>;
  readonly targetGroups: Record<string, StoredTargetGroup>;
  readonly listeners: Record<string, StoredListener>;
}
