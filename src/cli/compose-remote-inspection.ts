import type { WaiverRules } from "../core/migration/waiver-rules.ts";
import type { MigrationInspection } from "../ports/migration-inspection.ts";
import { composeRemoteDatabase } from "./compose-remote-database.ts";
import type { Project } from "./find-project.ts";

export interface RemoteInspection extends AsyncDisposable {
  readonly inspection: MigrationInspection;
}

/** A look at an environment's database by its worker; `undefined` when this process reaches it itself. */
export async function composeRemoteInspection(
  project: Project,
  env: string,
  waivers: WaiverRules | undefined,
  stop: AbortSignal,
): Promise<RemoteInspection | undefined> {
  const composed = await composeRemoteDatabase(project, env, stop);
  const { database } = project.config;
  if (composed === undefined || database === undefined) return undefined;
  const { remote, url } = composed;
  try {
    const inspection = await remote.openInspection({ folder: database.migrations, url, waivers });
    return {
      inspection,
      [Symbol.asyncDispose]: async () => {
        await inspection.close();
        await composed[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await composed[Symbol.asyncDispose]();
    throw error;
  }
}
