import { auditExport } from "../actions/audit-export.ts";
import { auditProve } from "../actions/audit-prove.ts";
import { evidence } from "../actions/evidence.ts";
import { describeVerdict } from "../core/ledger/describe-verdict.ts";
import { EXIT_CODES } from "../core/errors.ts";
import type { AuditExportOptions, DeploymentFileOptions, TrustOptions } from "./audit-command.ts";
import { composeAuditAnchors } from "./compose-audit-anchors.ts";
import { composeSigner } from "./compose-checkpoints.ts";
import { composeAudit, composeFiles, composeTrust } from "./compose-ledger.ts";
import { exitWith } from "./exit.ts";
import { evidenceOrigin, tellProof } from "./tell-proof.ts";

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
  tellProof(options, { deployment: proof.deployment }, proof);
}

/** `slipway evidence`. */
export async function runEvidence(options: DeploymentFileOptions): Promise<void> {
  await using composed = await composeAudit(process.env);
  const { anchors, trust, files, archive } = await surroundings(options);
  const signer = await composeSigner(await evidenceOrigin(composed.history), process.env, false);
  const proof = await evidence(
    { ...wish(options, trust.keys), out: options.out, keyTexts: trust.keyTexts },
    { ...composed, anchors, files, archive, signer },
  );
  tellProof(options, { deployment: proof.deployment }, proof);
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

function print(answer: string): void {
  process.stdout.write(`${answer}\n`);
}
