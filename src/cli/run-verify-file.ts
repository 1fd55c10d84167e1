import { readProof, verifyProof } from "../core/ledger/deployment-proof.ts";
import type { ProofVerdict } from "../core/ledger/record-proof.ts";
import { verifyEvidence } from "../core/ledger/verify-evidence.ts";
import { EXIT_CODES, SlipwayError } from "../core/errors.ts";
import type { AuditVerifyOptions } from "./audit-command.ts";
import { composeFiles, composeTools, composeTrust } from "./compose-ledger.ts";
import { exitWith } from "./exit.ts";
import { printOut } from "./out.ts";

/** `slipway audit verify --proof` and `--evidence`: needs neither ledger nor network. */
export async function runVerifyFile(options: AuditVerifyOptions): Promise<void> {
  const trust = await composeTrust(options.trust, undefined, process.env);
  const { ledgerTools, noteTools, proofTools } = await composeTools();
  const tools = { ...ledgerTools, ...noteTools, ...proofTools };
  const verdict =
    options.proof === undefined
      ? verifyEvidence(await unpacked(options.evidence ?? ""), trust.keys, tools)
      : verifyProof(await proofIn(options.proof), trust.keys, tools);

  if (verdict.kind === "not-proven") exitWith("ledgerNotIntact");
  if (options.json !== true && trust.keys === undefined) {
    process.stderr.write("slipway: no trusted key was given with --trust, so no signature was checked\n");
  }
  const answer =
    options.json === true
      ? JSON.stringify({ ...asJson(verdict), signaturesChecked: trust.keys !== undefined }, null, 2)
      : describe(verdict);
  printOut(answer, options.json === true ? "json" : "text");
}

async function proofIn(file: string) {
  const { readWhole } = await import("./compose-audit-files.ts");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(await readWhole(file)));
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
  }
  const proof = readProof(value);
  if (proof !== undefined) return proof;
  throw new SlipwayError(
    {
      code: "PROOF_UNREADABLE",
      at: file,
      says: "is no proof",
      hint: "give the file that `slipway audit prove` wrote",
    },
    "usage",
  );
}

async function unpacked(file: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { readWhole } = await import("./compose-audit-files.ts");
  const { archive } = await composeFiles();
  return archive.unpack(await readWhole(file));
}

function asJson(verdict: ProofVerdict): object {
  return verdict.kind === "proven"
    ? { ...verdict, verdict: "proven", kind: undefined, exitCode: EXIT_CODES.done.code }
    : {
        verdict: "not-proven",
        first: verdict.faults[0] ?? null,
        faults: verdict.faults,
        exitCode: EXIT_CODES.ledgerNotIntact.code,
      };
}

function describe(verdict: ProofVerdict): string {
  if (verdict.kind === "proven") {
    const { size, log } = verdict.checkpoint;
    return `proven: ${verdict.records} records of ${size}, signed by ${verdict.by}, ledger ${log}`;
  }
  const lines = verdict.faults.map(
    ({ seq, kind, says }) => `  ${seq === 0 ? "" : `record ${seq}: `}${kind}: ${says}`,
  );
  return ["NOT PROVEN", ...lines].join("\n");
}
