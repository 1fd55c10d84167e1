import { runsOf } from "../core/config/runs.ts";
import { secretName } from "../core/names.ts";
import type { Secret } from "../core/secret.ts";
import { composeRemote, type ComposedRemote } from "./compose-remote.ts";
import { findSurroundings } from "./compose.ts";
import { findEnvironment, type Project } from "./find-project.ts";

export interface RemoteDatabase extends AsyncDisposable {
  readonly remote: ComposedRemote;
  readonly url: Secret;
}

/**
 * An environment's database as its worker reaches it, without a lease; `undefined` when this process reaches it itself.
 * `stop` ends the wait for the worker.
 */
export async function composeRemoteDatabase(
  project: Project,
  env: string,
  stop: AbortSignal,
): Promise<RemoteDatabase | undefined> {
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
    stop,
  });
  return remote && { remote, url, [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose]() };
}
