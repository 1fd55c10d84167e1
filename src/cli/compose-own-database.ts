import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateWalk } from "../actions/migrate-walk.ts";
import type { Config } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { readSnapshotDocument, type SnapshotDocument } from "../core/schema/snapshot-document.ts";
import { Secret } from "../core/secret.ts";
import type { OwnDatabase } from "../ports/own-database.ts";
import { fingerprintOf, loadManifest } from "./compose.ts";
import {
  composeInspection,
  databaseUrl,
  migrationsFolder,
  rehearsalRowsFolder,
  type ComposedInspection,
} from "./compose-migrations.ts";
import type { StageChoice } from "./compose-rehearsal.ts";
import type { MigrateOwnOptions } from "./migrate-command.ts";

export interface ComposedOwnDatabase extends AsyncDisposable {
  readonly database: OwnDatabase;
}

type ProjectParts = { readonly folder: string; readonly config: Config };

/** A database for the app's migrations alone, on the server that a variable names or on one that is started for it. */
export async function composeOwnDatabase(
  project: ProjectParts,
  choice: StageChoice,
  stop: AbortSignal,
): Promise<ComposedOwnDatabase> {
  const folder = migrationsFolder(project);
  const started = choice.serverEnv === undefined ? await startServer(choice.major, stop) : undefined;
  try {
    const server =
      started === undefined
        ? await databaseUrl(project.config, { urlEnv: choice.serverEnv }, process.env)
        : new Secret("own-server", started.url);
    const { openOwnDatabase } = await import("../adapters/postgres/own-database.ts");
    const rowsFolder = rehearsalRowsFolder(project);
    const database = await openOwnDatabase({ server, folder, rowsFolder });
    return {
      database,
      [Symbol.asyncDispose]: async () => {
        await database.close();
        await started?.remove();
      },
    };
  } catch (error) {
    await started?.remove();
    throw error;
  }
}

/** The database to look at: one that is there, or with `rehearsal` one in which the migrations went up first. */
export async function composeAnyInspection(
  project: ProjectParts,
  options: MigrateOwnOptions,
  stop: AbortSignal,
): Promise<ComposedInspection> {
  if (options.rehearsal === true) return inspectOwn(project, options, stop);
  return composeInspection(project, options, stop);
}

async function inspectOwn(
  project: ProjectParts,
  options: MigrateOwnOptions,
  stop: AbortSignal,
): Promise<ComposedInspection> {
  const { app } = project.config;
  const composed = await composeOwnDatabase(project, options, stop);
  const { inspection } = composed.database;
  const dispose = () => composed[Symbol.asyncDispose]();
  try {
    const request = { app, to: options.to, down: undefined, again: false, signal: stop };
    const { problems } = await migrateWalk(request, composed.database);
    if (problems.length > 0) throw new SlipwayError(problems, "checksFailed");
  } catch (error) {
    await dispose();
    throw error;
  }
  return { subject: { app, environment: null }, inspection, [Symbol.asyncDispose]: dispose };
}

/** The schema of a database, as `migrate snapshot` tells it. */
export async function snapshotOf({ subject, inspection }: ComposedInspection): Promise<SnapshotDocument> {
  const { sha256, snapshot } = await inspection.schema();
  return { ...subject, ...(await inspection.origin()), sha256, schema: snapshot };
}

/** A snapshot that was kept in a file. Throws `FILE_…`, `SNAPSHOT_FILE_WRONG` (exit 2). */
export async function loadSnapshot(file: string): Promise<SnapshotDocument> {
  return readSnapshotDocument(await loadManifest(file), file, await fingerprintOf());
}

async function startServer(major: number | undefined, signal: AbortSignal) {
  const { startPostgres } = await import("../machine/postgres/server.ts");
  const folder = await mkdtemp(join(tmpdir(), "slipway-own-"));
  // Nothing in it outlives the verb, so nothing has to reach the disk.
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  return startPostgres({ folder, settings, signal, ...(major !== undefined && { major }) });
}
