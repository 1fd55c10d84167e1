import { resolve } from "node:path";
import { noDatabase } from "../core/config/no-database.ts";
import type { Config } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { waiverRules, type WaiverRules } from "../core/migration/waiver-rules.ts";
import { secretName } from "../core/names.ts";
import { Secret } from "../core/secret.ts";
import { REHEARSAL } from "../core/seed/set-names.ts";
import type { writeStatistics } from "../adapters/postgres/table-statistics.ts";
import type { InspectionSubject } from "../actions/migrate-status.ts";
import type { MigrationDossiers } from "../ports/migration-dossiers.ts";
import type { MigrationInspection, ReadMigrations } from "../ports/migration-inspection.ts";
import { findSurroundings } from "./compose.ts";
import { findEnvironment, type Project } from "./find-project.ts";

export interface ComposedInspection extends AsyncDisposable {
  readonly subject: InspectionSubject;
  readonly inspection: MigrationInspection;
}

/** Which database: an environment's, or the one whose URL a variable holds. */
export interface DatabaseChoice {
  readonly env?: string | undefined;
  readonly urlEnv?: string | undefined;
}

/** A database to be looked at, and the app's migrations for it. `stop` ends the wait for a worker that looks. */
export async function composeInspection(
  project: { readonly folder: string; readonly config: Config },
  choice: DatabaseChoice,
  stop = new AbortController().signal,
): Promise<ComposedInspection> {
  const { env } = choice;
  const waivers = env === undefined ? undefined : await composeWaiverRules(project.config, choice);
  const subject = { app: project.config.app, environment: env ?? null };
  if (env !== undefined) {
    const { composeRemoteInspection } = await import("./compose-remote-inspection.ts");
    const remote = await composeRemoteInspection(project, env, waivers, stop);
    if (remote !== undefined) return { subject, ...remote };
  }
  const url = await databaseUrl(project.config, choice, process.env);
  const { openInspection } = await import("../adapters/postgres/open-inspection.ts");
  const inspection = await openInspection({ url, folder: migrationsFolder(project), waivers });
  return {
    subject,
    inspection,
    [Symbol.asyncDispose]: () => inspection.close(),
  };
}

/** By what waivers are judged: an environment's rules, or those of the strictest one. */
export async function composeWaiverRules(config: Config, { env }: DatabaseChoice): Promise<WaiverRules> {
  const { proofTools } = await import("../adapters/local/proof-tools.ts");
  return waiverRules(config, env === undefined ? undefined : findEnvironment(config, env), proofTools);
}

/** Reads the folder of migrations, without any database. */
export async function composeReadMigrations(): Promise<ReadMigrations> {
  const { readMigrations } = await import("../adapters/postgres/migration-folder.ts");
  return readMigrations;
}

/** What an environment's database and the app's files know of each migration. */
export async function composeDossiers(project: Project, choice: DatabaseChoice): Promise<MigrationDossiers> {
  const url = await databaseUrl(project.config, choice, process.env);
  const { openDossiers } = await import("../adapters/postgres/migration-dossiers.ts");
  return openDossiers({ url, folder: migrationsFolder(project) });
}

/** Keeps tables' sizes beside the app's migrations. */
export async function composeWriteStatistics(): Promise<typeof writeStatistics> {
  return (await import("../adapters/postgres/table-statistics.ts")).writeStatistics;
}

/** Absolute path of the app's migrations. Throws `DATABASE_NONE` (exit 2). */
export function migrationsFolder({
  folder,
  config,
}: {
  readonly folder: string;
  readonly config: Config;
}): string {
  return resolve(folder, databaseOf(config).migrations);
}

/** Absolute path of the rows that a rehearsal fills its database with. Throws `DATABASE_NONE` (exit 2). */
export function rehearsalRowsFolder({
  folder,
  config,
}: {
  readonly folder: string;
  readonly config: Config;
}): string {
  return resolve(folder, databaseOf(config).seeds, REHEARSAL);
}

function databaseOf(config: Config): NonNullable<Config["database"]> {
  if (config.database !== undefined) return config.database;
  throw noDatabase(config.app);
}

/** The URL of the database that is meant. Throws `DATABASE_URL_MISSING` (exit 2). */
export async function databaseUrl(
  config: Config,
  { env, urlEnv }: DatabaseChoice,
  variables: NodeJS.ProcessEnv,
): Promise<Secret> {
  if (urlEnv !== undefined) {
    const value = variables[urlEnv];
    if (value) return new Secret(urlEnv, value);
    throw new SlipwayError(
      {
        code: "DATABASE_URL_MISSING",
        at: "--url-env",
        says: `the variable ${urlEnv} is not set`,
        hint: `set ${urlEnv} to the URL of the database; the flag takes the variable's name`,
      },
      "usage",
    );
  }
  const { urlSecret } = databaseOf(config);
  const environment = findEnvironment(config, env ?? "");
  const { access } = await findSurroundings(environment, variables);
  const { secretsManager } = await import("../adapters/aws/secrets-manager.ts");
  return secretsManager(access).read(secretName(urlSecret, environment.name));
}
