import { dag, type Container, type Directory, type File, type Secret } from "@dagger.io/dagger";
import { CONFIG_FILES, readConfig, type AppDatabase } from "./app-config.js";
import { failureSentence, migrateArgv, type MigrateVerb, type Options } from "./cli-call.js";
import type { Credentials } from "./credentials.js";
import { boxOf as deliveryBoxOf } from "./delivery.js";
import { isFailedExec, saying, wrongCall } from "./failures.js";
import { withPostgres } from "./postgres.js";
import { migrationBox } from "./toolbox.js";

/** One verb of `slipway migrate`, and what it needs besides the app. */
export interface MigrateCall {
  readonly verb: MigrateVerb;
  readonly options: Options;
  /** Whether a Postgres that starts empty is bound to it. */
  readonly onEmpty?: boolean;
  /** URL of a database that is there. */
  readonly database?: Secret;
  /** Lies at /against.json. */
  readonly against?: File;
}

/** Where a verb finds what it runs on. */
export interface MigrateFiles {
  readonly slipway: Directory;
  /** Has Slipway's packages, where they are installed. */
  readonly packages: Directory;
  readonly source: Directory;
  /** The Postgres that starts empty; left out: the config's. */
  readonly postgres?: string;
}

/** Runs the verb in its box and answers what it printed. An error carries its exit code and the CLI's own sentence. */
export async function migrate(files: MigrateFiles, call: MigrateCall): Promise<string> {
  return await run(await boxOf(files, call), call.verb, optionsOf(call));
}

/** Brings rows into an environment, under its lease and on its record. */
export async function seed(files: MigrateFiles, options: Options, credentials: Credentials): Promise<string> {
  const { slipway, source } = files;
  const { database } = await readConfig(slipway, source);
  const box = await deliveryBoxOf(slipway, source, { credentials, files: foldersOf(database) });
  return await run(box, "seed", options);
}

async function run(box: Container, verb: MigrateVerb, options: Options): Promise<string> {
  try {
    return await box.withExec(migrateArgv(verb, options)).stdout();
  } catch (error) {
    if (!isFailedExec(error)) throw error;
    throw saying(error, failureSentence(error.exitCode, error.stdout, error.stderr));
  }
}

/** The same for a verb that prints a document; the answer is a file of this name. */
export async function migrateToFile(files: MigrateFiles, call: MigrateCall, name: string): Promise<File> {
  const text = await migrate(files, { ...call, options: { ...call.options, json: true } });
  return dag.directory().withNewFile(name, text).file(name);
}

/** `18`, or an image by its address. */
export function postgresImage(postgres: string): string {
  if (/^\d{1,2}$/.test(postgres)) return `postgres:${postgres}`;
  if (/^[^\s:/]+[:/]\S+$/.test(postgres)) return postgres;
  throw wrongCall(`--postgres must be a major version such as 18, or an image, got "${postgres}"`);
}

function optionsOf({ options, onEmpty, database }: MigrateCall): Options {
  return {
    ...options,
    "server-env": onEmpty === true ? "DATABASE_URL" : undefined,
    "url-env": database === undefined ? undefined : "SLIPWAY_TARGET_URL",
  };
}

async function boxOf(files: MigrateFiles, call: MigrateCall): Promise<Container> {
  const { slipway, packages, source } = files;
  const { database } = await readConfig(slipway, source);
  const app = source.filter({ include: [...CONFIG_FILES, ...foldersOf(database)] });

  let box = (await migrationBox(slipway, packages)).withDirectory("/app", app);
  if (call.against !== undefined) box = box.withFile("/against.json", call.against);
  // Without a database in the config the CLI says so.
  const image = files.postgres ?? database?.image;
  if (call.onEmpty === true && image !== undefined) box = withPostgres(box, image, `migrate ${call.verb}`);
  if (call.database === undefined) return box;
  return (
    box
      .withSecretVariable("SLIPWAY_TARGET_URL", call.database)
      // An exec with the same inputs is not run again; a database is another one each time.
      .withEnvVariable("SLIPWAY_RUN_ID", crypto.randomUUID())
  );
}

/** The migrations, the rows for them, and the app's own checks beside them. */
function foldersOf(database: AppDatabase | undefined): string[] {
  if (database === undefined) return [];
  const { migrations, seeds } = database;
  const parent = migrations.includes("/") ? migrations.slice(0, migrations.lastIndexOf("/") + 1) : "";
  return [migrations, seeds, `${parent}checks`];
}
