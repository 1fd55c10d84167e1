import { randomBytes } from "node:crypto";
import { secretNames } from "../core/config/secret-names.ts";
import type { Config, EnvironmentConfig, ServiceConfig } from "../core/config/types.ts";
import { evidenceBucket, resourceName, secretName } from "../core/names.ts";
import type { CloudDatabase } from "./database/cloud-database.ts";
import type { Cloud } from "./start.ts";
import { CURRENT } from "./secretsmanager/secret-vault.ts";

/** Where a component of an environment is reached. */
export interface Provisioned {
  readonly environment: string;
  readonly component: string;
  readonly url: string;
}

/**
 * Makes what an app's infrastructure would be on AWS, for its environments on the local cloud: cluster, repositories,
 * load balancer with listener and target group for each service, database with its roles, the secrets that hold their
 * addresses, and buckets with Object Lock for the ledger's anchors. What is there stays; secrets follow a database that has moved to another port.
 */
export async function provision(
  cloud: Cloud,
  database: CloudDatabase,
  config: Config,
): Promise<Provisioned[]> {
  const made: Provisioned[] = [];
  for (const component of Object.keys(config.components))
    ensureRepository(cloud, `${config.app}/${component}`);
  ensureEvidenceBuckets(cloud, config);
  for (const environment of Object.values(config.environments)) {
    if (environment.cloud !== "local") continue;
    ensureCluster(cloud, environment.cluster);
    await ensureSecrets(cloud, database, config, environment);
    ensureBackedUp(cloud, environment);
    for (const [component, service] of Object.entries(config.components)) {
      const url = await ensureBalancer(cloud, resourceName(config.app, environment.name, component), service);
      made.push({ environment: environment.name, component, url });
    }
  }
  return made;
}

// Tags may move here: whoever tries things out builds the same commit more than once. Releases go by digest anyway.
function ensureRepository({ images, ecs }: Cloud, name: string): void {
  if (images.find(name) === undefined) images.create(name, "MUTABLE", ecs.cloud.scheduler.seconds());
}

// Those of the config are another account's on AWS; here a deployment to a local environment finds them as well.
function ensureEvidenceBuckets({ buckets, ecs }: Cloud, { app, ledger }: Config): void {
  const named = ledger.anchors.flatMap((anchor) => (anchor.kind === "s3" ? [anchor.bucket] : []));
  for (const name of [evidenceBucket(app), ...named]) {
    if (buckets.find(name) !== undefined) continue;
    const bucket = buckets.create(name, true, ecs.cloud.scheduler.now());
    bucket.defaultRetention = { mode: "COMPLIANCE", unit: "Years", count: ledger.retentionYears };
  }
  buckets.save();
}

function ensureCluster({ ecs }: Cloud, name: string): void {
  const { store, scheduler } = ecs.cloud;
  store.state.clusters[name] ??= { name, createdAt: scheduler.now(), status: "ACTIVE" };
  store.save();
}

async function ensureSecrets(
  cloud: Cloud,
  database: CloudDatabase,
  config: Config,
  environment: EnvironmentConfig,
): Promise<void> {
  const { app } = config;
  const name = environment.name === "local" ? app : `${app}_${environment.name}`;
  const { appUrl, ownerUrl } = await database.ensureApp(app, name.replaceAll("-", "_"));
  const values: Record<string, string> = {
    [`${app}/${environment.name}/database-url`]: appUrl,
    [`${app}/${environment.name}/migrate-url`]: ownerUrl,
  };
  // The config may call the secret of the role that migrates by another name.
  if (config.database !== undefined)
    values[secretName(config.database.urlSecret, environment.name)] = ownerUrl;
  for (const [secret, value] of Object.entries(values)) putSecret(cloud, secret, value);

  // The app's other secrets, such as the token of its smoke test: any value does, as long as all see the same one.
  const known = new Set(cloud.vault.all().map((secret) => secret.name));
  for (const secret of secretNames(config, environment)) {
    if (!known.has(secret)) putSecret(cloud, secret, randomBytes(32).toString("base64url"));
  }
}

// What RDS would take snapshots of; the data are elsewhere.
function ensureBackedUp({ databases }: Cloud, { policy: { backup } }: EnvironmentConfig): void {
  if (backup.kind === "rds-snapshot") databases.ensure(backup.of, backup.identifier);
}

function putSecret({ vault, ecs }: Cloud, name: string, value: string): void {
  const now = ecs.cloud.scheduler.seconds();
  const secret = vault.all().find((one) => one.name === name) ?? vault.create(name, undefined, now);
  const current = secret.versions.find((version) => version.stages.includes(CURRENT));
  if (current?.text === value) return;
  vault.put(secret, { text: value, binary: undefined }, undefined, [CURRENT], now);
  vault.save();
}

async function ensureBalancer({ balancing }: Cloud, name: string, service: ServiceConfig): Promise<string> {
  const { state } = balancing;
  let group = Object.values(state.targetGroups).find((one) => one.name === name);
  if (group === undefined) {
    group = {
      arn: balancing.newArn("targetgroup", name),
      name,
      port: service.port,
      targetType: "ip",
      vpcId: undefined,
      health: {
        path: service.healthPath,
        intervalSeconds: 5,
        timeoutSeconds: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
        matcher: "200-299",
      },
      attributes: {},
    };
    balancing.addTargetGroup(group);
  }
  group.health = { ...group.health, path: service.healthPath };
  // AWS's own 300 s would leave no rollback within five minutes; an app's infrastructure should set it as well.
  group.attributes = { ...group.attributes, "deregistration_delay.timeout_seconds": "30" };

  let balancer = Object.values(state.balancers).find((one) => one.name === name);
  if (balancer === undefined) {
    balancer = {
      arn: balancing.newArn("loadbalancer/app", name),
      name,
      scheme: "internet-facing",
      subnets: [],
      securityGroups: [],
      createdAt: balancing.now(),
    };
    balancing.addBalancer(balancer);
  }
  let [listener] = balancing.listenersOf(balancer.arn);
  if (listener === undefined) {
    const arn = balancing.newArn("listener/app", balancer.arn.split("/").slice(-2).join("/"));
    listener = { arn, balancerArn: balancer.arn, port: 0, targetGroupArn: group.arn };
    await balancing.addListener(listener);
  }
  balancing.save();
  return `http://127.0.0.1:${listener.port}`;
}
