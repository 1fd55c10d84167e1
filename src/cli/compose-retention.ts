import type { RetentionPorts } from "../actions/extend-retention.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import { composeAnchors } from "./compose-anchors.ts";
import { findSurroundings } from "./compose.ts";
import type { Project } from "./find-project.ts";

export type ComposedRetention = RetentionPorts & AsyncDisposable;

/** What holding an environment's evidence longer needs: its anchors, and the ledger to read. */
export async function composeRetention(
  { folder, config }: Project,
  environment: EnvironmentConfig,
  env: NodeJS.ProcessEnv,
): Promise<ComposedRetention> {
  const { access, ledgerUrl } = await findSurroundings(environment, env);
  const anchors = await composeAnchors(config.ledger, environment, { access, folder, env });
  const { openAudit, openLedger } = await import("../adapters/postgres/open-ledger.ts");
  const ledger = await openLedger(ledgerUrl);
  const audit = openAudit(ledgerUrl);
  return {
    anchors,
    history: audit.history,
    releases: ledger.releases,
    journal: ledger.journal,
    gatekeeping: ledger.gatekeeping,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([audit.close(), ledger.close()]);
    },
  };
}
