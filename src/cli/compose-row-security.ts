import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../core/config/types.ts";
import { Secret } from "../core/secret.ts";
import type { ProbeRowSecurity } from "../ports/row-security.ts";
import {
  databaseUrl,
  migrationsFolder,
  rehearsalRowsFolder,
  type DatabaseChoice,
} from "./compose-migrations.ts";
import { composeRemoteDatabase } from "./compose-remote-database.ts";
import type { StageChoice } from "./compose-rehearsal.ts";

export interface ComposedRowSecurity extends AsyncDisposable {
  readonly probe: ProbeRowSecurity;
}

/** A database that is there, or without one the migrations' own in a database made for it. */
export async function composeRowSecurity(
  project: { readonly folder: string; readonly config: Config },
  choice: DatabaseChoice & StageChoice,
  signal: AbortSignal,
): Promise<ComposedRowSecurity> {
  if (choice.env !== undefined) {
    const composed = await composeRemoteDatabase(project, choice.env, signal);
    if (composed !== undefined) {
      const { remote } = composed;
      return { probe: remote.rowSecurity, [Symbol.asyncDispose]: () => composed[Symbol.asyncDispose]() };
    }
  }
  const { rowSecurityOf, rowSecurityOfMigrations } =
    await import("../adapters/postgres/open-row-security.ts");
  if (choice.env !== undefined || choice.urlEnv !== undefined) {
    const url = await databaseUrl(project.config, choice, process.env);
    return { probe: rowSecurityOf(url), [Symbol.asyncDispose]: async () => undefined };
  }
  const folder = migrationsFolder(project);
  const rowsFolder = rehearsalRowsFolder(project);
  const started = choice.serverEnv === undefined ? await startServer(choice.major, signal) : undefined;
  const server =
    started === undefined
      ? await databaseUrl(project.config, { urlEnv: choice.serverEnv }, process.env)
      : new Secret("rls-server", started.url);
  return {
    probe: rowSecurityOfMigrations({ server, folder, rowsFolder }),
    [Symbol.asyncDispose]: async () => started?.remove(),
  };
}

async function startServer(major: number | undefined, signal: AbortSignal) {
  const { startPostgres } = await import("../machine/postgres/server.ts");
  const folder = await mkdtemp(join(tmpdir(), "slipway-rls-"));
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  return startPostgres({ folder, settings, signal, ...(major !== undefined && { major }) });
}
