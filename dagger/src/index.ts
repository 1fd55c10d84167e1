/**
 * Slipway: check an app, build its release, and bring environments to it.
 *
 * The app is described by its slipway.config.ts, .json or .yaml. Everything that can be repeated runs as a graph of
 * cached steps; what touches the world runs the slipway CLI in a container.
 */
import {
  argument,
  check,
  func,
  object,
  type Container,
  type Directory,
  type File,
  type Secret,
  type Service,
} from "@dagger.io/dagger";
import { readConfig } from "./app-config.js";
import { runAllChecks, runCheck } from "./checks.js";
import { deliver, savePlan } from "./delivery.js";
import { buildImage, componentOf } from "./image.js";
import { Migrations } from "./migrations.js";
import { makeRelease, publishImage } from "./release.js";
import { readStamp } from "./stamp.js";

/** Checks, builds, releases and delivers one app. */
@object()
export class Slipway {
  /** The app's folder. */
  source: Directory;

  /** Slipway's own files. */
  slipway: Directory;

  constructor(
    /** The app's folder, where its slipway.config is. */
    @argument({
      ignore: [
        "**/node_modules",
        "**/dist",
        "**/coverage",
        "**/.slipway",
        ".git/**",
        "!.git/HEAD",
        "!.git/packed-refs",
        "!.git/refs",
        "!.git/refs/**",
      ],
    })
    source: Directory,
    /** Slipway's own files, for the container that its CLI runs in. The module brings them; there is no need to give it. */
    @argument({
      defaultPath: "/",
      ignore: [
        "*",
        "!package.json",
        "!package-lock.json",
        "!bin",
        "!src",
        "!migrations",
        "!node_modules/.package-lock.json",
        "!node_modules/commander",
        "!node_modules/temporal-polyfill",
        "!node_modules/temporal-spec",
        "!node_modules/temporal-utils",
        "!node_modules/yaml",
        "!node_modules/zod",
        "node_modules/zod/src",
        "node_modules/**/*.d.*ts",
      ],
    })
    slipway: Directory,
  ) {
    this.source = source;
    this.slipway = slipway;
  }

  /** Run all checks that the config declares, side by side; one that fails does not hide the others. */
  @check()
  @func()
  async check(): Promise<string> {
    const { checks } = await readConfig(this.slipway, this.source);
    return await runAllChecks(this.files(), checks);
  }

  /** Run the check named "lint". */
  @func()
  async lint(): Promise<string> {
    return await this.only("lint");
  }

  /** Run the check named "types". */
  @func()
  async types(): Promise<string> {
    return await this.only("types");
  }

  /** Run the check named "unit". */
  @func()
  async unit(): Promise<string> {
    return await this.only("unit");
  }

  /** Run the check named "integration", with the Postgres it asks for. */
  @func()
  async integration(): Promise<string> {
    return await this.only("integration");
  }

  /** Build the image of a component. */
  @func()
  async image(
    /** The component, as the config names it. */
    component: string,
    /** Version to stamp on the image (default: the one in the app's package.json). */
    version?: string,
    /** Commit to stamp on the image (default: the one checked out in the app's .git). */
    commit?: string,
  ): Promise<Container> {
    const config = await readConfig(this.slipway, this.source);
    return buildImage(
      this.files(),
      componentOf(config, component),
      await readStamp(this.source, version, commit),
    );
  }

  /** Build the image of a component, push it, and print it by digest. */
  @func({ cache: "never" })
  async publish(
    /** The component, as the config names it. */
    component: string,
    /** Registry to push to, for example 123456789012.dkr.ecr.eu-central-1.amazonaws.com. */
    registry: string,
    /** User name for the registry. */
    username?: string,
    /** Password for the registry. */
    password?: Secret,
    /** Version to stamp on the image (default: the one in the app's package.json). */
    version?: string,
    /** Commit to stamp on the image (default: the one checked out in the app's .git). */
    commit?: string,
  ): Promise<string> {
    const config = await readConfig(this.slipway, this.source);
    const stamp = await readStamp(this.source, version, commit);
    return await publishImage(this.files(), config, component, stamp, {
      address: registry,
      username,
      password,
    });
  }

  /** Build and push the image of every component and write the release manifest, which names them by digest. */
  @func({ cache: "never" })
  async release(
    /** Registry to push to, for example 123456789012.dkr.ecr.eu-central-1.amazonaws.com. */
    registry: string,
    /** User name for the registry. */
    username?: string,
    /** Password for the registry. */
    password?: Secret,
    /** Version of the release (default: the one in the app's package.json). */
    version?: string,
    /** Commit of the release (default: the one checked out in the app's .git). */
    commit?: string,
    /** Branch of the release (default: the one checked out in the app's .git). */
    branch?: string,
    /** Who wrote it, and so may not approve it: git:<e-mail>, or github:<id> of the CI's actor. */
    author?: string,
  ): Promise<File> {
    const config = await readConfig(this.slipway, this.source);
    const stamp = await readStamp(this.source, version, commit, branch, author);
    return await makeRelease(
      this.files(),
      config,
      stamp,
      { address: registry, username, password },
      new Date(),
    );
  }

  /** Lint, rehearse and run the migrations of the app's database, in a Postgres that starts empty. */
  @func()
  migrations(
    /** The Postgres that starts empty: a major version, or an image (default: the config's). */
    postgres?: string,
    /** Slipway's packages where they are installed, else they are downloaded. There is no need to give it. */
    @argument({
      defaultPath: "/",
      ignore: [
        "*",
        "!node_modules/.package-lock.json",
        "!node_modules/@pgsql",
        "!node_modules/@squawk-cli",
        "!node_modules/ansi-regex",
        "!node_modules/balanced-match",
        "!node_modules/brace-expansion",
        "!node_modules/canonicalize",
        "!node_modules/commander",
        "!node_modules/escalade",
        "!node_modules/get-caller-file",
        "!node_modules/get-east-asian-width",
        "!node_modules/glob",
        "!node_modules/jiti",
        "!node_modules/libpg-query",
        "!node_modules/lru-cache",
        "!node_modules/minimatch",
        "!node_modules/minipass",
        "!node_modules/node-pg-migrate",
        "!node_modules/path-scurry",
        "!node_modules/pg",
        "!node_modules/pg-connection-string",
        "!node_modules/pg-int8",
        "!node_modules/pg-pool",
        "!node_modules/pg-protocol",
        "!node_modules/pg-types",
        "!node_modules/pgpass",
        "!node_modules/postgres-array",
        "!node_modules/postgres-bytea",
        "!node_modules/postgres-date",
        "!node_modules/postgres-interval",
        "!node_modules/split2",
        "!node_modules/strip-ansi",
        "!node_modules/temporal-polyfill",
        "!node_modules/temporal-spec",
        "!node_modules/temporal-utils",
        "!node_modules/xtend",
        "!node_modules/y18n",
        "!node_modules/yaml",
        "!node_modules/zod",
        "node_modules/zod/src",
        "node_modules/**/*.d.*ts",
      ],
    })
    packages?: Directory,
  ): Migrations {
    return new Migrations(this.files(), this.slipway, packages ?? this.slipway, postgres);
  }

  /** Save what a deployment would do, and what keeps it from going, as the plan that can be approved and deployed. */
  @func({ cache: "never" })
  async plan(
    /** The environment, as the config names it. */
    env: string,
    /** The manifest that `release` wrote. */
    release: File,
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** AWS access key id. */
    awsAccessKeyId?: Secret,
    /** AWS secret access key. */
    awsSecretAccessKey?: Secret,
    /** AWS session token, for temporary credentials. */
    awsSessionToken?: Secret,
    /** A cloud that stands in for AWS, for example tcp://127.0.0.1:4566. */
    cloud?: Service,
    /** The ledger's private signing key, PEM. */
    signingKey?: Secret,
    /** Page of the CI's run, for the record. */
    runLink?: string,
  ): Promise<File> {
    const credentials = {
      ledger,
      awsAccessKeyId,
      awsSecretAccessKey,
      awsSessionToken,
      cloud,
      signingKey,
      runLink,
    };
    return await savePlan(this.slipway, this.source, {
      verb: "plan",
      options: { env, release: "/release.json" },
      credentials,
      files: await this.migrationFiles(),
      release,
    });
  }

  /** Bring an environment to a release: gates, migrate, roll out, prove; roll back by itself when that fails. */
  @func({ cache: "never" })
  async deploy(
    /** The environment, as the config names it. */
    env: string,
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** The manifest that `release` wrote. */
    release?: File,
    /** The plan that `plan` saved; the deployment goes only while it holds. */
    plan?: File,
    /** Why windows, rate limit and approvals are to be skipped; a second person must answer for it. */
    breakGlass?: string,
    /** AWS access key id. */
    awsAccessKeyId?: Secret,
    /** AWS secret access key. */
    awsSecretAccessKey?: Secret,
    /** AWS session token, for temporary credentials. */
    awsSessionToken?: Secret,
    /** A cloud that stands in for AWS, for example tcp://127.0.0.1:4566. */
    cloud?: Service,
    /** The ledger's private signing key, PEM. */
    signingKey?: Secret,
    /** Page of the CI's run, for the record. */
    runLink?: string,
  ): Promise<string> {
    const credentials = {
      ledger,
      awsAccessKeyId,
      awsSecretAccessKey,
      awsSessionToken,
      cloud,
      signingKey,
      runLink,
    };
    const options = {
      env,
      release: release && "/release.json",
      plan: plan && "/plan.json",
      "break-glass": breakGlass,
    };
    const files = await this.migrationFiles();
    return await deliver(this.slipway, this.source, {
      verb: "deploy",
      options,
      credentials,
      files,
      release,
      plan,
    });
  }

  /** Bring the very release that is last known good in one environment to another, or one release through several. */
  @func({ cache: "never" })
  async promote(
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** The environment whose last known good release is taken. */
    from?: string,
    /** The environment that it is brought to. */
    to?: string,
    /** Instead: the environments to go through one after the other, comma between. */
    through?: string,
    /** With `through`: the manifest that `release` wrote. */
    release?: File,
    /** AWS access key id. */
    awsAccessKeyId?: Secret,
    /** AWS secret access key. */
    awsSecretAccessKey?: Secret,
    /** AWS session token, for temporary credentials. */
    awsSessionToken?: Secret,
    /** A cloud that stands in for AWS, for example tcp://127.0.0.1:4566. */
    cloud?: Service,
    /** The ledger's private signing key, PEM. */
    signingKey?: Secret,
    /** Page of the CI's run, for the record. */
    runLink?: string,
  ): Promise<string> {
    const credentials = {
      ledger,
      awsAccessKeyId,
      awsSecretAccessKey,
      awsSessionToken,
      cloud,
      signingKey,
      runLink,
    };
    const files = await this.migrationFiles();
    return await deliver(this.slipway, this.source, {
      verb: "promote",
      options: { from, to, through, release: release && "/release.json" },
      credentials,
      files,
      release,
    });
  }

  /** Return an environment to the last known good release before the one it runs, or to a given one. */
  @func({ cache: "never" })
  async rollback(
    /** The environment, as the config names it. */
    env: string,
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** Id of the known good release to return to (default: the one before). */
    to?: string,
    /** AWS access key id. */
    awsAccessKeyId?: Secret,
    /** AWS secret access key. */
    awsSecretAccessKey?: Secret,
    /** AWS session token, for temporary credentials. */
    awsSessionToken?: Secret,
    /** A cloud that stands in for AWS, for example tcp://127.0.0.1:4566. */
    cloud?: Service,
    /** The ledger's private signing key, PEM. */
    signingKey?: Secret,
    /** Page of the CI's run, for the record. */
    runLink?: string,
  ): Promise<string> {
    const credentials = {
      ledger,
      awsAccessKeyId,
      awsSecretAccessKey,
      awsSessionToken,
      cloud,
      signingKey,
      runLink,
    };
    return await deliver(this.slipway, this.source, { verb: "rollback", options: { env, to }, credentials });
  }

  /** End what was killed or interrupted in an environment: on to the new release, or back to the old one. */
  @func({ cache: "never" })
  async resume(
    /** The environment, as the config names it. */
    env: string,
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** AWS access key id. */
    awsAccessKeyId?: Secret,
    /** AWS secret access key. */
    awsSecretAccessKey?: Secret,
    /** AWS session token, for temporary credentials. */
    awsSessionToken?: Secret,
    /** A cloud that stands in for AWS, for example tcp://127.0.0.1:4566. */
    cloud?: Service,
    /** The ledger's private signing key, PEM. */
    signingKey?: Secret,
    /** Page of the CI's run, for the record. */
    runLink?: string,
  ): Promise<string> {
    const credentials = {
      ledger,
      awsAccessKeyId,
      awsSecretAccessKey,
      awsSessionToken,
      cloud,
      signingKey,
      runLink,
    };
    const files = await this.migrationFiles();
    return await deliver(this.slipway, this.source, { verb: "resume", options: { env }, credentials, files });
  }

  /** Print what runs in an environment, since when, who holds it, and its last deployments. */
  @func({ cache: "never" })
  async status(
    /** The environment, as the config names it. */
    env: string,
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** AWS access key id. */
    awsAccessKeyId?: Secret,
    /** AWS secret access key. */
    awsSecretAccessKey?: Secret,
    /** AWS session token, for temporary credentials. */
    awsSessionToken?: Secret,
    /** A cloud that stands in for AWS, for example tcp://127.0.0.1:4566. */
    cloud?: Service,
  ): Promise<string> {
    const credentials = { ledger, awsAccessKeyId, awsSecretAccessKey, awsSessionToken, cloud };
    return await deliver(this.slipway, this.source, { verb: "status", options: { env }, credentials });
  }

  /** The app without its history, so that a commit alone changes no result. */
  private files(): Directory {
    return this.source.withoutDirectory(".git");
  }

  /** The folder that the verbs which migrate read besides the config. */
  private async migrationFiles(): Promise<string[]> {
    const { database } = await readConfig(this.slipway, this.source);
    return database === undefined ? [] : [database.migrations];
  }

  private async only(name: string): Promise<string> {
    const { checks } = await readConfig(this.slipway, this.source);
    return await runCheck(this.files(), checks, name);
  }
}
