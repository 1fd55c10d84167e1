import { SlipwayError, type ExitKind } from "../core/errors.ts";
import { readClaims, type Claim } from "../core/ledger/claims.ts";
import { ProofCollector } from "../core/ledger/collect-proof.ts";
import type { DeploymentProof } from "../core/ledger/deployment-proof.ts";
import type { MigrationProof } from "../core/ledger/migration-proof.ts";
import { RunFinder, type MigrationSubject } from "../core/ledger/migration-runs.ts";
import type { RecordProof } from "../core/ledger/record-proof.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import { findNotes, type AuditVerifyPorts } from "./audit-verify.ts";

interface Trusting {
  readonly keys?: readonly VerifierKey[] | undefined;
}

/**
 * The records of a deployment with their proofs against the newest checkpoint that a trusted key has signed.
 * Throws `PROOF_…` (exit 2 or 11), `LEDGER_NOT_AS_SIGNED` (exit 50).
 */
export async function auditProve(
  { deployment, keys }: Trusting & { readonly deployment: string },
  ports: AuditVerifyPorts,
): Promise<DeploymentProof> {
  const proof = await proveDeployments(new Set([deployment]), deployment, keys, ports);
  return { schema: 1, deployment, ...proof };
}

/** The same of every deployment and run in which a migration ran in an environment. */
export async function proveMigration(
  { migration, keys }: Trusting & { readonly migration: MigrationSubject },
  ports: AuditVerifyPorts,
): Promise<MigrationProof> {
  const deployments = await ports.audit.read(() => {
    const finder = new RunFinder(migration);
    return { take: ({ record }) => finder.take(record), finish: () => finder.deployments };
  });
  if (deployments.size === 0) {
    throw problem(
      "PROOF_MIGRATION_UNKNOWN",
      "--migration",
      `the ledger has no run of ${migration.id} in ${migration.env}`,
      `run \`slipway audit show --env=${migration.env}\` to see what ran there`,
      "usage",
    );
  }
  const proof = await proveDeployments(deployments, migration.id, keys, ports);
  return { schema: 1, migration, ...proof };
}

async function proveDeployments(
  deployments: ReadonlySet<string>,
  what: string,
  keys: readonly VerifierKey[] | undefined,
  ports: AuditVerifyPorts,
): Promise<RecordProof> {
  const { notes } = await findNotes(ports);

  const claim = readClaims(notes, keys, ports.noteTools).claims.at(-1);
  if (claim === undefined) throw noCheckpoint(what);
  const collected = await ports.audit.read(() => {
    const collector = new ProofCollector(deployments, claim, ports.ledgerTools);
    return { take: (row) => collector.take(row), finish: () => collector.finish() };
  });

  if (collected.kind === "collected") return collected.proof;
  throw refusal(collected.kind, what, claim);
}

function noCheckpoint(what: string): SlipwayError {
  return problem(
    "PROOF_NO_CHECKPOINT",
    what,
    "no trusted key has signed a checkpoint of this ledger",
    "give the keys with --trust and the anchors with --anchors",
    "verifyFailed",
  );
}

function refusal(kind: "unknown" | "uncovered" | "not-as-signed", what: string, claim: Claim): SlipwayError {
  switch (kind) {
    case "unknown":
      return problem(
        "PROOF_DEPLOYMENT_UNKNOWN",
        "--deployment",
        `the ledger has no deployment ${JSON.stringify(what)}`,
        "run `slipway audit show` to see their ids",
        "usage",
      );
    case "uncovered":
      return problem(
        "PROOF_UNCOVERED",
        what,
        `all of its records are newer than the checkpoint of ${claim.size} records`,
        "wait until the deployment has ended: its last step signs a checkpoint",
        "verifyFailed",
      );
    case "not-as-signed":
      return problem(
        "LEDGER_NOT_AS_SIGNED",
        "ledger",
        `the first ${claim.size} records are not those that were signed`,
        "run `slipway audit verify` to see where the damage begins",
        "ledgerNotIntact",
      );
    default:
      return kind satisfies never;
  }
}

function problem(code: string, at: string, says: string, hint: string, exit: ExitKind): SlipwayError {
  return new SlipwayError({ code, at, says, hint }, exit);
}
