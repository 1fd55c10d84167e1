import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../core/config/types.ts";
import { Secret } from "../core/secret.ts";
import type { RehearsalStage } from "../ports/rehearsal.ts";
import {
  composeWaiverRules,
  databaseUrl,
  migrationsFolder,
  rehearsalRowsFolder,
} from "./compose-migrations.ts";

export interface ComposedStage extends AsyncDisposable {
  readonly stage: RehearsalStage;
}

/** Where to rehearse: on the server that a variable names, or on one that is started for it and removed afterwards. */
export interface StageChoice {
  /** Whose rules decide about waivers; undefined: those of the strictest environment. */
  readonly env?: string | undefined;
  readonly serverEnv?: string | undefined;
  readonly major?: number | undefined;
}

export async function composeStage(
  project: { readonly folder: string; readonly config: Config },
  choice: StageChoice,
  stop: AbortSignal,
): Promise<ComposedStage> {
  const folder = migrationsFolder(project);
  // Beside the migrations, so that they are not part of what a release ships.
  const rowsFolder = rehearsalRowsFolder(project);
  const started = choice.serverEnv === undefined ? await startServer(choice.major, stop) : undefined;
  const server =
    started === undefined
      ? await databaseUrl(project.config, { urlEnv: choice.serverEnv }, process.env)
      : new Secret("rehearsal-server", started.url);
  const [waivers, { rehearseMigrations }, { writeKeptRehearsals }] = await Promise.all([
    composeWaiverRules(project.config, choice),
    import("../adapters/postgres/rehearse-migrations.ts"),
    import("../adapters/postgres/kept-rehearsals.ts"),
  ]);
  return {
    stage: {
      rehearse: (request) => rehearseMigrations({ server, folder, rowsFolder, waivers }, request),
      keep: (rehearsals) => writeKeptRehearsals(folder, rehearsals),
    },
    [Symbol.asyncDispose]: async () => started?.remove(),
  };
}

async function startServer(major: number | undefined, signal: AbortSignal) {
  const { startPostgres } = await import("../machine/postgres/server.ts");
  const folder = await mkdtemp(join(tmpdir(), "slipway-rehearsal-"));
  // Nothing in it outlives the rehearsal, so nothing has to reach the disk.
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  return startPostgres({ folder, settings, signal, ...(major !== undefined && { major }) });
}
