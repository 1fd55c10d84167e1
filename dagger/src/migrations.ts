import { func, object, type Directory, type File, type Secret, type Service } from "@dagger.io/dagger";
import { wrongCall } from "./failures.js";
import { migrate, migrateToFile, seed, postgresImage, type MigrateCall } from "./migrate.js";

/**
 * The migrations of an app's database: looked at, and run in a Postgres that starts empty and is gone afterwards. What
 * takes `database` looks at one that is there and changes nothing in it.
 */
@object()
export class Migrations {
  /** The app's folder, without its history. */
  source: Directory;

  /** Slipway's own files. */
  slipway: Directory;

  /** Has Slipway's packages, where they are installed. */
  packages: Directory;

  /** Image of the Postgres that starts empty; left out: the config's. */
  postgres?: string;

  constructor(source: Directory, slipway: Directory, packages: Directory, postgres?: string) {
    this.source = source;
    this.slipway = slipway;
    this.packages = packages;
    if (postgres !== undefined) this.postgres = postgresImage(postgres);
  }

  /** Look for what is unsafe in the migrations, without any database. */
  @func()
  async lint(): Promise<string> {
    return await this.run({ verb: "lint", options: {} });
  }

  /** Print the SQL that would run: of all migrations, or of those that a database does not have yet. */
  @func({ cache: "never" })
  async plan(
    /** URL of the database that is asked what has run there. */
    database?: Secret,
  ): Promise<string> {
    const options = database === undefined ? { render: true as const } : {};
    return await this.run({ verb: "plan", options, database });
  }

  /** Take each migration up, down and up again in an empty Postgres: its down must give back schema and rows. */
  @func()
  async rehearse(): Promise<string> {
    return await this.run({ verb: "rehearse", options: {}, onEmpty: true });
  }

  /** Take the migrations up in an empty Postgres, by the code that runs them in an environment. */
  @func()
  async up(
    /** The last migration that runs; its number is enough (default: all run). */
    to?: string,
  ): Promise<string> {
    return await this.onOwn("up", { to });
  }

  /** Take all migrations up in an empty Postgres and then down, by the code that runs them in an environment. */
  @func()
  async down(
    /** The migration that stays; its number is enough, and "nothing" undoes all of them. */
    to: string,
  ): Promise<string> {
    return await this.onOwn("down", { to });
  }

  /** Take all migrations up, down and up again as a whole in an empty Postgres: the schema must come back each time. */
  @func()
  async roundTrip(
    /** The last migration that runs; its number is enough (default: all run). */
    to?: string,
  ): Promise<string> {
    return await this.run({ verb: "round-trip", options: { to }, onEmpty: true });
  }

  /** Describe the schema that the migrations make of an empty Postgres, as canonical JSON that `drift` compares with. */
  @func()
  async snapshot(
    /** The last migration that runs; its number is enough (default: all run). */
    to?: string,
  ): Promise<File> {
    const call: MigrateCall = { verb: "snapshot", options: { rehearsal: true, to }, onEmpty: true };
    return await migrateToFile(this, call, "snapshot.json");
  }

  /** Compare a schema with what it should be; a difference is an error with exit code 10. */
  @func({ cache: "never" })
  async drift(
    /** The snapshot to compare with (default: what the database's last migration left). */
    against?: File,
    /** URL of the database that is compared (default: the migrations go up in an empty Postgres). */
    database?: Secret,
  ): Promise<string> {
    if (against === undefined && database === undefined) {
      throw wrongCall("drift compares two things: give --database, --against or both");
    }
    const options = { against: against && "/against.json" };
    if (database !== undefined) return await this.run({ verb: "drift", options, database, against });
    return await this.run({
      verb: "drift",
      options: { ...options, rehearsal: true },
      onEmpty: true,
      against,
    });
  }

  /** Look for what the migrations should not leave behind, such as invalid indexes, and ask the app's own checks. */
  @func({ cache: "never" })
  async check(
    /** URL of the database that is looked at (default: the migrations go up in an empty Postgres). */
    database?: Secret,
  ): Promise<string> {
    return await this.onAny("check", database);
  }

  /** Compare the schema with what the config says the app relies on; what is missing is an error with exit code 10. */
  @func({ cache: "never" })
  async expect(
    /** URL of the database that is looked at (default: the migrations go up in an empty Postgres). */
    database?: Secret,
  ): Promise<string> {
    return await this.onAny("expect", database);
  }

  /** Probe row-level security in an empty Postgres, where mistakes are planted too: the probes must notice them. */
  @func()
  async rls(): Promise<string> {
    return await this.run({ verb: "rls", options: {}, onEmpty: true });
  }

  /** Print what ran in a database and what has not. */
  @func({ cache: "never" })
  async status(
    /** URL of the database. */
    database: Secret,
  ): Promise<string> {
    return await this.run({ verb: "status", options: {}, database });
  }

  /** Bring in the rows that an environment gets, under its lease and on its record; a second run writes none. */
  @func({ cache: "never" })
  async seed(
    /** The environment, as the config names it. */
    env: string,
    /** URL of the ledger's Postgres. */
    ledger: Secret,
    /** Only these sets of those that the environment gets (default: all of them). */
    set?: string[],
    /** Run and measure everything, say what it would write, and undo it. */
    dryRun?: boolean,
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
    const options = { env, set, "dry-run": dryRun === true ? (true as const) : undefined };
    return await seed(this, options, credentials);
  }

  private async onOwn(verb: "up" | "down", options: { to?: string }): Promise<string> {
    return await this.run({ verb, options: { rehearsal: true, ...options }, onEmpty: true });
  }

  private async onAny(verb: "check" | "expect", database: Secret | undefined): Promise<string> {
    if (database !== undefined) return await this.run({ verb, options: {}, database });
    return await this.run({ verb, options: { rehearsal: true }, onEmpty: true });
  }

  private async run(call: MigrateCall): Promise<string> {
    return await migrate(this, call);
  }
}
