import type { ProofTools } from "../core/acts/check-proof.ts";
import { SlipwayError } from "../core/errors.ts";
import { contradiction } from "../core/ledger/check-migration-evidence.ts";
import { migrationEvidenceFiles, type LintEvidence } from "../core/ledger/migration-evidence.ts";
import type { MigrationProof } from "../core/ledger/migration-proof.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import type { Linting } from "../ports/linting.ts";
import type { MigrationDossiers } from "../ports/migration-dossiers.ts";
import { proveMigration } from "./audit-prove.ts";
import { migrateLint } from "./migrate-lint.ts";
import { sealEvidence, type EvidencePorts } from "./seal-evidence.ts";

export interface MigrationEvidenceWish {
  readonly app: string;
  readonly env: string;
  /** A migration's id, or the number that begins it. */
  readonly migration: string;
  /** File that is written. */
  readonly out: string;
  readonly keys?: readonly VerifierKey[] | undefined;
  readonly keyTexts: readonly string[];
}

/**
 * Writes the signed archive of a migration in an environment. What its files, the database and the ledger say of it must
 * agree. Throws `EVIDENCE_…` (exit 2 or 11), `FILE_…`, `PROOF_…`, `SIGNING_KEY_…`.
 */
export async function migrationEvidence(
  { app, env, migration: wanted, out, keys, keyTexts }: MigrationEvidenceWish,
  ports: EvidencePorts & {
    readonly dossiers: Pick<MigrationDossiers, "find">;
    readonly linting: Linting;
    readonly proofTools: ProofTools;
  },
): Promise<MigrationProof> {
  const dossier = await ports.dossiers.find(wanted);
  if (dossier === undefined) throw unknown(wanted);
  const { id, up, down } = dossier.migration;
  const subject = { app, env, id };
  const proof = await proveMigration({ migration: subject, keys }, ports);
  const lint = lintOf(await migrateLint({ app, applied: [], major: undefined }, ports.linting), [
    up.file,
    down.file,
  ]);

  const { canonicalize } = ports.ledgerTools;
  const files = migrationEvidenceFiles(proof, dossier, lint, keyTexts, canonicalize);
  const found = contradiction(files, proof, { ...ports.noteTools, ...ports.proofTools });
  if (found !== undefined) throw contradicts(id, env, found.says);

  await sealEvidence({ migration: subject }, files, out, ports);
  return proof;
}

function lintOf(
  { findings, waived, skipped, problems }: LintEvidence,
  files: readonly string[],
): LintEvidence {
  const isOf = ({ at }: { readonly at: string }) => files.includes(at.replace(/:\d+$/, ""));
  return {
    findings: findings.filter(isOf),
    waived: waived.filter(isOf),
    problems: problems.filter(isOf),
    skipped,
  };
}

function unknown(wanted: string): SlipwayError {
  return new SlipwayError(
    {
      code: "EVIDENCE_MIGRATION_UNKNOWN",
      at: "--migration",
      says: `the app has no migration ${JSON.stringify(wanted)}`,
      hint: "run `slipway migrate status` to see their names",
    },
    "usage",
  );
}

function contradicts(id: string, env: string, says: string): SlipwayError {
  return new SlipwayError(
    {
      code: "EVIDENCE_CONTRADICTS",
      at: id,
      says: `what the files, the database and the ledger say of it does not agree: ${says}`,
      hint: `check out the commit that ran in ${env}, and see what \`slipway migrate status --env=${env}\` says`,
    },
    "verifyFailed",
  );
}
