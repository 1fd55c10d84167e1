import { normaliseDatabase } from "./normalise-database.ts";
import { normalisePolicy } from "./normalise-policy.ts";
import type { WrittenConfig } from "./schema.ts";
import type {
  CheckConfig,
  Config,
  EnvironmentConfig,
  LedgerConfig,
  ServiceConfig,
  SmokeCheck,
  TaskEnvironment,
} from "./types.ts";

type Entry<T> = NonNullable<T> extends Readonly<Record<string, infer V>> ? V : never;
type WrittenService = Entry<WrittenConfig["components"]>;
type WrittenCheck = Entry<WrittenConfig["checks"]>;
type WrittenEnvironment = Entry<WrittenConfig["environments"]>;
type WrittenSmoke = NonNullable<WrittenEnvironment["smoke"]>[number];

const POSTGRES = "postgres:18";

/** Fills every default in and expands every shorthand. */
export function normalise(written: WrittenConfig): Config {
  const components = mapValues(written.components ?? {}, service);
  return {
    app: written.app,
    components,
    database: written.database && normaliseDatabase(written.app, written.database, POSTGRES),
    checks: mapValues(written.checks ?? {}, check),
    environments: mapValues(written.environments, (name, environment_) =>
      environment(written.app, name, environment_, components, Object.keys(written.environments)),
    ),
    people: written.people ?? {},
    roles: written.roles ?? {},
    ledger: ledger(written.app, written.ledger ?? {}),
  };
}

function service(name: string, written: WrittenService): ServiceConfig {
  return {
    kind: "service",
    path: written.path ?? name,
    image: {
      base: written.image.base,
      workdir: written.image.workdir ?? "/app",
      build: written.image.build ?? [],
      include: written.image.include ?? [],
      entrypoint: written.image.entrypoint,
      env: written.image.env ?? {},
    },
    port: written.port,
    healthPath: written.healthPath ?? "/healthz",
    desiredCount: written.desiredCount ?? 1,
    cpu: written.cpu ?? 256,
    memory: written.memory ?? 512,
    env: written.env ?? {},
    secrets: written.secrets ?? {},
  };
}

function check(_name: string, written: WrittenCheck): CheckConfig {
  return {
    image: written.image,
    setup: written.setup && { files: written.setup.files, run: commands(written.setup.run) },
    run: commands(written.run),
    workdir: written.workdir ?? ".",
    env: written.env ?? {},
    postgres: postgres(written.postgres),
    timeoutSeconds: written.timeoutSeconds ?? 600,
  };
}

function commands(run: string[] | string[][]): string[][] {
  return isOneCommand(run) ? [run] : run;
}

function isOneCommand(run: string[] | string[][]): run is string[] {
  return run.every((word) => typeof word === "string");
}

function postgres(written: boolean | string | undefined): string | undefined {
  if (written === true) return POSTGRES;
  return written === false ? undefined : written;
}

function environment(
  app: string,
  name: string,
  written: WrittenEnvironment,
  components: Config["components"],
  known: readonly string[],
): EnvironmentConfig {
  return {
    name,
    cloud: written.cloud,
    region: written.region ?? "us-east-1",
    account: written.account,
    tasks: written.tasks && taskEnvironment(written.tasks),
    cluster: written.cluster ?? `${app}-${name}`,
    url: written.url,
    smoke: written.smoke?.map((one) => smokeCheck(one, components)) ?? healthChecks(components),
    deployTimeoutSeconds: written.deployTimeoutSeconds ?? 600,
    smokeTimeoutSeconds: written.smokeTimeoutSeconds ?? 20,
    seeds: written.seeds,
    policy: normalisePolicy(name, written, known),
  };
}

function ledger(app: string, written: NonNullable<WrittenConfig["ledger"]>): LedgerConfig {
  return {
    origin: written.origin ?? `slipway/${app}`,
    anchors: (written.anchors ?? []).map((anchor) =>
      anchor.kind === "file"
        ? anchor
        : { ...anchor, prefix: anchor.prefix ?? `${app}/`, region: anchor.region ?? "us-east-1" },
    ),
    retentionYears: written.retentionYears ?? 7,
  };
}

function taskEnvironment(written: NonNullable<WrittenEnvironment["tasks"]>): TaskEnvironment {
  return {
    executionRole: written.executionRole,
    taskRole: written.taskRole,
    subnets: written.subnets,
    securityGroups: written.securityGroups,
    publicAddress: written.publicAddress ?? false,
  };
}

function smokeCheck(written: WrittenSmoke, components: Config["components"]): SmokeCheck {
  const method = written.method ?? "GET";
  return {
    name: written.name ?? `${method} ${written.path}`,
    component: written.component ?? Object.keys(components)[0] ?? "",
    method,
    path: written.path,
    headers: written.headers ?? {},
    body: written.body,
    expectStatus: written.expectStatus ?? 200,
    expectJson: written.expectJson ?? {},
  };
}

function healthChecks(components: Config["components"]): SmokeCheck[] {
  return Object.entries(components).map(([component, { healthPath }]) => ({
    name: `${component} is healthy`,
    component,
    method: "GET",
    path: healthPath,
    headers: {},
    body: undefined,
    expectStatus: 200,
    expectJson: {},
  }));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (name: string, value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(name, value)]));
}
