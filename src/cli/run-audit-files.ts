import { auditExport } from "../actions/audit-export.ts";
import { auditProve } from "../actions/audit-prove.ts";
import { evidence } from "../actions/evidence.ts";
import { checkpointOfNote } from "../core/ledger/checkpoint.ts";
import type { DeploymentProof } from "../core/ledger/deployment-proof.ts";
import { describeVerdict } from "../core/ledger/describe-verdict.ts";
import { EXIT_CODES } from "../core/errors.ts";
import type { AuditExportOptions, DeploymentFileOptions, TrustOptions } from "./audit-command.ts";
import { composeAuditAnchors } from "./compose-audit-anchors.ts";
import { composeSigner } from "./compose-checkpoints.ts";
import { composeAudit, composeFiles, composeTrust } from "./compose-ledger.ts";
import { exitWith } from "./exit.ts";
import { printErr } from "./out.ts";

/** `slipway audit export`. */
export async function runAuditExport(options: AuditExportOptions): Promise<void> {
  await using composed = await composeAudit(process.env);
  const { anchors, trust, files } = await surroundings(options);
  const { verdict, checkpoints } = await auditExport(
    { out: options.out, keys: trust.keys, keyTexts: trust.keyTexts },
    { ...composed, anchors, files },
  );

  if (verdict.kind === "not-intact") exitWith("ledgerNotIntact");
  if (options.json === true) {
    const { kind, ...found } = verdict;
    const exit = kind === "intact" ? EXIT_CODES.done : EXIT_CODES.ledgerNotIntact;
    print(
      JSON.stringify(
        { out: options.out, checkpoints, verdict: kind, ...found, exitCode: exit.code },
        null,
        2,
      ),
    );
    return;
  }
  print(
    `${options.out}: ${verdict.records} records, ${checkpoints} checkpoints\n${describeVerdict(verdict)}`,
  );
}

/** `slipway audit prove`. */
export async function runAuditProve(options: DeploymentFileOptions): Promise<void> {
  await using composed = await composeAudit(process.env);
  const { anchors, trust, files } = await surroundings(options);
  const proof = await auditProve(wish(options, trust.keys), { ...composed, anchors });

  const text = `${composed.ledgerTools.canonicalize(proof)}\n`;
  await files.file(options.out, new TextEncoder().encode(text));
  tell(options, proof);
}

/** `slipway evidence`. */
export async function runEvidence(options: DeploymentFileOptions): Promise<void> {
  await using composed = await composeAudit(process.env);
  const { anchors, trust, files, archive } = await surroundings(options);
  // The key's name is the log's; whoever made the newest checkpoint named it.
  const remembered = await composed.history.stored();
  const origin = checkpointOfNote(remembered.at(-1)?.note ?? "")?.origin ?? "slipway/evidence";
  const signer = await composeSigner(origin, process.env, false);
  const proof = await evidence(
    { ...wish(options, trust.keys), out: options.out, keyTexts: trust.keyTexts },
    { ...composed, anchors, files, archive, signer },
  );
  tell(options, proof);
}

async function surroundings(options: TrustOptions) {
  const [anchors, trust, files] = await Promise.all([
    composeAuditAnchors(options, process.env),
    composeTrust(options.trust, undefined, process.env),
    composeFiles(),
  ]);
  return { anchors, trust, ...files };
}

function wish({ deployment }: DeploymentFileOptions, keys: Awaited<ReturnType<typeof composeTrust>>["keys"]) {
  return keys === undefined ? { deployment } : { deployment, keys };
}

function tell(options: DeploymentFileOptions, proof: DeploymentProof): void {
  const { uncovered, records } = proof;
  const size = checkpointOfNote(proof.checkpoint)?.size ?? 0;
  if (options.json === true) {
    const { out, deployment } = options;
    const seqs = records.map(({ seq }) => seq);
    print(
      JSON.stringify({ out, deployment, records: seqs, uncovered, checkpoint: size, exitCode: 0 }, null, 2),
    );
    return;
  }
  if (uncovered.length > 0) {
    const which = uncovered.length === 1 ? "1 record is" : `${uncovered.length} records are`;
    printErr(`slipway: ${which} newer than the checkpoint and left out: ${uncovered.join(", ")}`);
  }
  print(`${options.out}: ${records.length} records, proven against the checkpoint of ${size}`);
}

function print(answer: string): void {
  process.stdout.write(`${answer}\n`);
}
