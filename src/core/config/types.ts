// The configuration of an app: what a person may write, and what the code receives. design: unknown → WrittenConfig → Config.

import type { ExpectConfig, RlsConfig, RunsConfig } from "./database-types.ts";
import type { EnvironmentPolicy } from "./policy-types.ts";

/**
 * Commands that prepare a check, for example `npm ci`. They see only `files`, so their result is kept until one of those
 * changes, and checks with an equal image, workdir, env and setup share it.
 */
export interface CheckSetup {
  /** Files, folders or globs of the app, relative to the app, for example `["package.json", "package-lock.json"]`. */
  readonly files: readonly string[];
  /** Argument arrays, run one after the other in the check's workdir. */
  readonly run: readonly (readonly string[])[];
}

/** A command that checks the app, run in a container image of any language. */
export interface CheckConfig {
  readonly image: string;
  readonly setup: CheckSetup | undefined;
  /** Argument arrays, run one after the other in the same container; the first failure ends the check. */
  readonly run: readonly (readonly string[])[];
  /** Folder of the app the commands run in, relative to the app. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** A Postgres image to bind as host `postgres`, with PGHOST, PGUSER, PGPASSWORD, PGDATABASE and DATABASE_URL set. */
  readonly postgres: string | undefined;
  /** Most that each command of the check may take; then its whole process tree is killed. */
  readonly timeoutSeconds: number;
}

/** How a component's image is made: a base, commands that build, and what runs. */
export interface ImageConfig {
  readonly base: string;
  readonly workdir: string;
  /** Argument arrays run in the image, for example `["npm", "ci", "--omit=dev"]`. */
  readonly build: readonly (readonly string[])[];
  readonly include: readonly string[];
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A long-running service on ECS behind a load balancer. */
export interface ServiceConfig {
  readonly kind: "service";
  /** Folder of the component, relative to the app. */
  readonly path: string;
  readonly image: ImageConfig;
  readonly port: number;
  readonly healthPath: string;
  readonly desiredCount: number;
  readonly cpu: number;
  readonly memory: number;
  readonly env: Readonly<Record<string, string>>;
  /**
   * Environment variable → name of the secret in Secrets Manager; `{env}` stands for the environment's name. The local
   * cloud makes up a random value for one that it does not know, so that there is nothing to set up.
   */
  readonly secrets: Readonly<Record<string, string>>;
}

/** One request of the smoke test and what it must answer. */
export interface SmokeCheck {
  readonly name: string;
  /** The service that is asked. */
  readonly component: string;
  readonly method: string;
  readonly path: string;
  /**
   * `{secret:NAME}` stands for the value of that secret in the environment's store, as in
   * `Bearer {secret:diary/{env}/smoke-token}`. It is filled in when the request is sent and kept out of every output.
   * `{version}` and `{commit}` stand for the release's, in the path and the body as well.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly expectStatus: number;
  /** JSON path → value that the answer must have; `{version}` and `{commit}` stand for the release's. */
  readonly expectJson: Readonly<Record<string, string | number | boolean>>;
}

export interface DatabaseConfig {
  /** Folder of the migrations, relative to the app. */
  readonly migrations: string;
  /** Folder of the seeds, relative to the app; each folder in it is a set. */
  readonly seeds: string;
  /** Secret that holds the connection URL of the role that migrates. */
  readonly urlSecret: string;
  readonly image: string;
  /** Undefined: in the process of the deployment. */
  readonly runs?: RunsConfig;
  readonly rls?: RlsConfig;
  readonly expect?: ExpectConfig;
}

export interface EnvironmentConfig {
  readonly name: string;
  /** `local`: the practice cloud on this machine; `aws`: the account behind the ambient credentials. */
  readonly cloud: "local" | "aws";
  readonly region: string;
  /** Account number that must be the caller's; undefined for the local cloud. */
  readonly account: string | undefined;
  /** Where tasks run and as whom; undefined for the local cloud, which has neither. */
  readonly tasks: TaskEnvironment | undefined;
  readonly cluster: string;
  /** Where people reach the app; undefined: ask the load balancer. */
  readonly url: string | undefined;
  readonly smoke: readonly SmokeCheck[];
  /** Seconds until a rollout that is neither done nor failed counts as failed. */
  readonly deployTimeoutSeconds: number;
  /** Seconds in which every smoke check must have passed. */
  readonly smokeTimeoutSeconds: number;
  /** Sets of seeds in their order; undefined: those that the environment gets when nothing is written. */
  readonly seeds: readonly string[] | undefined;
  readonly policy: EnvironmentPolicy;
}

/** Somebody who may approve. One person may have several identities and is still one person. */
export interface PersonConfig {
  /** As printed with a signature. */
  readonly name: string;
  /** `github:583231`, an AWS ARN or `aws:<unique id>`, `local:<hex>`; and, for the author of a commit, `git:<e-mail>`. */
  readonly identities: readonly string[];
}

/** Where signed checkpoints are kept. */
export type AnchorConfig =
  | { readonly kind: "file"; readonly folder: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string; readonly region: string };

export interface LedgerConfig {
  /** Names the log in its checkpoints, for example `example.com/slipway`. */
  readonly origin: string;
  readonly anchors: readonly AnchorConfig[];
  /** Years that records are kept after they were last in effect. */
  readonly retentionYears: number;
}

/** What ECS on Fargate needs to know besides the image. */
export interface TaskEnvironment {
  /** Role that pulls the image and reads the secrets. */
  readonly executionRole: string;
  /** Role of the app itself. */
  readonly taskRole: string | undefined;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicAddress: boolean;
}

export interface Config {
  readonly app: string;
  readonly components: Readonly<Record<string, ServiceConfig>>;
  readonly database: DatabaseConfig | undefined;
  readonly checks: Readonly<Record<string, CheckConfig>>;
  readonly environments: Readonly<Record<string, EnvironmentConfig>>;
  readonly people: Readonly<Record<string, PersonConfig>>;
  /** Role → keys of `people`. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly ledger: LedgerConfig;
}
