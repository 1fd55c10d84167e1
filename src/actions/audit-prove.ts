import { SlipwayError, type ExitKind } from "../core/errors.ts";
import { readClaims, type Claim } from "../core/ledger/claims.ts";
import { ProofCollector } from "../core/ledger/collect-proof.ts";
import type { DeploymentProof } from "../core/ledger/deployment-proof.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import { findNotes, type AuditVerifyPorts } from "./audit-verify.ts";

/**
 * The records of a deployment with their proofs against the newest checkpoint that a trusted key has signed.
 * Throws `PROOF_…` (exit 2 or 11), `LEDGER_NOT_AS_SIGNED` (exit 50).
 */
export async function auditProve(
  { deployment, keys }: { readonly deployment: string; readonly keys?: readonly VerifierKey[] },
  ports: AuditVerifyPorts,
): Promise<DeploymentProof> {
  const { notes } = await findNotes(ports);

  const claim = readClaims(notes, keys, ports.noteTools).claims.at(-1);
  if (claim === undefined) throw noCheckpoint(deployment);
  const collected = await ports.audit.read(() => {
    const collector = new ProofCollector(deployment, claim, ports.ledgerTools);
    return { take: (row) => collector.take(row), finish: () => collector.finish() };
  });

  if (collected.kind === "collected") return collected.proof;
  throw refusal(collected.kind, deployment, claim);
}

function noCheckpoint(deployment: string): SlipwayError {
  return problem(
    "PROOF_NO_CHECKPOINT",
    deployment,
    "no trusted key has signed a checkpoint of this ledger",
    "give the keys with --trust and the anchors with --anchors",
    "verifyFailed",
  );
}

function refusal(
  kind: "unknown" | "uncovered" | "not-as-signed",
  deployment: string,
  claim: Claim,
): SlipwayError {
  switch (kind) {
    case "unknown":
      return problem(
        "PROOF_DEPLOYMENT_UNKNOWN",
        "--deployment",
        `the ledger has no deployment ${JSON.stringify(deployment)}`,
        "run `slipway audit show` to see their ids",
        "usage",
      );
    case "uncovered":
      return problem(
        "PROOF_UNCOVERED",
        deployment,
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
