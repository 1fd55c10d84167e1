import { runsOf } from "../core/config/runs.ts";
import { secretName } from "../core/names.ts";
import type { WaiverRules } from "../core/migration/waiver-rules.ts";
import type { MigrationInspection } from "../ports/migration-inspection.ts";
import { composeRemote } from "./compose-remote.ts";
import { findSurroundings } from "./compose.ts";
import { findEnvironment, type Project } from "./find-project.ts";

export interface RemoteInspection extends AsyncDisposable {
  readonly inspection: MigrationInspection;
}

/** A look at an environment's database by its worker; `undefined` when this process reaches it itself. */
export async function composeRemoteInspection(
  project: Project,
  env: string,
  waivers: WaiverRules | undefined,
): Promise<RemoteInspection | undefined> {
  const environment = findEnvironment(project.config, env);
  const { database } = project.config;
  if (database === undefined || runsOf(project.config, environment).as === "here") return undefined;
  const { access, ledgerUrl } = await findSurroundings(environment, process.env);
  const { secretsManager } = await import("../adapters/aws/secrets-manager.ts");
  const secrets = secretsManager(access);
  const url = await secrets.read(secretName(database.urlSecret, env));
  const remote = await composeRemote(project, environment, {
    access,
    ledgerUrl,
    secrets,
    note: (says) => process.stderr.write(`${says}\n`),
    stop: new AbortController().signal,
  });
  if (remote === undefined) return undefined;
  try {
    const inspection = await remote.openInspection({ folder: database.migrations, url, waivers });
    return {
      inspection,
      [Symbol.asyncDispose]: async () => {
        await inspection.close();
        await remote[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await remote[Symbol.asyncDispose]();
    throw error;
  }
}
