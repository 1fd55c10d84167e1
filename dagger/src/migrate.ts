import { dag, type Container, type Directory, type File, type Secret } from "@dagger.io/dagger";
import { CONFIG_FILES, readConfig } from "./app-config.js";
import { failureSentence, migrateArgv, type MigrateVerb, type Options } from "./cli-call.js";
import { isFailedExec, saying, wrongCall } from "./failures.js";
import { withPostgres } from "./postgres.js";
import { migrationBox } from "./toolbox.js";

/** One verb of `slipway migrate`, and what it needs besides the app. */
export interface MigrateCall {
  readonly verb: MigrateVerb;
  readonly options: Options;
  /** Image of the Postgres that starts empty for it. */
  readonly server?: string;
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
}

/** Runs the verb in its box and answers what it printed. An error carries its exit code and the CLI's own sentence. */
export async function migrate(files: MigrateFiles, call: MigrateCall): Promise<string> {
  const box = await boxOf(files, call);
  try {
    return await box.withExec(migrateArgv(call.verb, optionsOf(call))).stdout();
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

function optionsOf({ options, server, database }: MigrateCall): Options {
  return {
    ...options,
    "server-env": server === undefined ? undefined : "DATABASE_URL",
    "url-env": database === undefined ? undefined : "SLIPWAY_TARGET_URL",
  };
}

async function boxOf(files: MigrateFiles, call: MigrateCall): Promise<Container> {
  const { slipway, packages, source } = files;
  const { database } = await readConfig(slipway, source);
  const folders = database === undefined ? [] : foldersOf(database.migrations);
  const app = source.filter({ include: [...CONFIG_FILES, ...folders] });

  let box = (await migrationBox(slipway, packages)).withDirectory("/app", app);
  if (call.against !== undefined) box = box.withFile("/against.json", call.against);
  if (call.server !== undefined) box = withPostgres(box, call.server, `migrate ${call.verb}`);
  if (call.database === undefined) return box;
  return (
    box
      .withSecretVariable("SLIPWAY_TARGET_URL", call.database)
      // An exec with the same inputs is not run again; a database is another one each time.
      .withEnvVariable("SLIPWAY_RUN_ID", crypto.randomUUID())
  );
}

/** The migrations, and what lies beside them: rows for rehearsals, and the app's own checks. */
function foldersOf(migrations: string): string[] {
  const parent = migrations.includes("/") ? migrations.slice(0, migrations.lastIndexOf("/") + 1) : "";
  return [migrations, `${parent}seeds`, `${parent}checks`];
}
