import { migrationEvidence } from "../actions/migration-evidence.ts";
import type { EvidenceOptions } from "./audit-command.ts";
import { composeAuditAnchors } from "./compose-audit-anchors.ts";
import { composeSigner } from "./compose-checkpoints.ts";
import { loadConfig } from "./compose.ts";
import { composeAudit, composeFiles, composeTools, composeTrust } from "./compose-ledger.ts";
import { composeLinting } from "./compose-linting.ts";
import { composeDossiers } from "./compose-migrations.ts";
import { findProject } from "./find-project.ts";
import { evidenceOrigin, tellProof } from "./tell-proof.ts";

/** `slipway evidence --migration`. */
export async function runMigrationEvidence(
  options: EvidenceOptions & { readonly migration: string; readonly env: string },
): Promise<void> {
  const { migration, env, out } = options;
  const project = await findProject(options.project, loadConfig);
  await using composed = await composeAudit(process.env);
  const [anchors, trust, files, { proofTools }, linting] = await Promise.all([
    composeAuditAnchors(options, process.env),
    composeTrust(options.trust, undefined, process.env),
    composeFiles(),
    composeTools(),
    composeLinting(project, options),
  ]);
  const signer = await composeSigner(await evidenceOrigin(composed.history), process.env, false);
  const dossiers = await composeDossiers(project, options);
  try {
    const wish = { app: project.config.app, env, migration, out, keys: trust.keys, keyTexts: trust.keyTexts };
    const ports = { ...composed, ...files, anchors, signer, dossiers, linting, proofTools };
    const proof = await migrationEvidence(wish, ports);
    tellProof(options, { migration: proof.migration }, proof);
  } finally {
    await dossiers.close();
  }
}
