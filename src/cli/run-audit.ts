import { auditShow } from "../actions/audit-show.ts";
import { auditVerify, type AuditReport } from "../actions/audit-verify.ts";
import { EXIT_CODES } from "../core/errors.ts";
import { auditTable } from "../core/ledger/audit-table.ts";
import { describeVerdict } from "../core/ledger/describe-verdict.ts";
import type { AuditShowOptions, AuditVerifyOptions } from "./audit-command.ts";
import { composeAuditAnchors } from "./compose-audit-anchors.ts";
import { composeAudit, composeExport, composeTrust } from "./compose-ledger.ts";
import { exitWith } from "./exit.ts";

/** `slipway audit show`. */
export async function runAuditShow(options: AuditShowOptions): Promise<void> {
  await using composed = await composeAudit(process.env);
  const filter = { app: undefined, env: options.env, deploymentId: options.deployment };
  const records = await auditShow(filter, options.limit, composed);

  if (options.json !== true && records.length === options.limit) {
    process.stderr.write(`slipway: the newest ${options.limit} records; --limit shows more\n`);
  }
  print(options.json === true ? JSON.stringify({ records }, null, 2) : auditTable(records));
}

/** `slipway audit verify`. */
export async function runAuditVerify(options: AuditVerifyOptions): Promise<void> {
  if (options.proof !== undefined || options.evidence !== undefined) {
    const { runVerifyFile } = await import("./run-verify-file.ts");
    return runVerifyFile(options);
  }

  const trust = await composeTrust(options.trust, options.export, process.env);
  const wish = {
    ...(trust.keys === undefined ? {} : { keys: trust.keys }),
    ...(options.log === undefined ? {} : { log: options.log }),
  };
  const report =
    options.export === undefined ? await verifyLedger(options, wish) : await verifyExport(options, wish);

  if (report.verdict.kind === "not-intact") exitWith("ledgerNotIntact");
  if (options.json !== true) {
    if (trust.isOwn && trust.keys !== undefined) {
      note("the keys are the export's own; give the ones that you got elsewhere with --trust");
    }
    const { protection, covered, verdict } = report;
    if (protection?.mayAlter === true && covered.outside < verdict.records) {
      note(
        `the role ${protection.role} could alter the ledger's tables; only checkpoints outside prove that it has not`,
      );
    }
  }
  print(
    options.json === true
      ? JSON.stringify(asJson(report), null, 2)
      : describeVerdict(report.verdict, report.warnings),
  );
}

type Wish = Parameters<typeof auditVerify>[0];

async function verifyLedger(options: AuditVerifyOptions, wish: Wish): Promise<AuditReport> {
  await using composed = await composeAudit(process.env);
  const anchors = await composeAuditAnchors(options, process.env);
  // Awaited here: the ledger is closed when this function ends.
  return await auditVerify(wish, { ...composed, anchors });
}

// An export is verified where it lies: what this machine keeps for its own ledger has nothing to do with it.
async function verifyExport(options: AuditVerifyOptions, wish: Wish): Promise<AuditReport> {
  const composed = await composeExport(options.export ?? ".");
  const anchors = await composeAuditAnchors({ anchors: options.anchors ?? [] }, process.env);
  return auditVerify(wish, { ...composed, anchors });
}

function asJson({ verdict, covered, warnings, protection }: AuditReport): unknown {
  const exit = verdict.kind === "intact" ? EXIT_CODES.done : EXIT_CODES.ledgerNotIntact;
  const { kind, ...found } = verdict;
  const first = verdict.kind === "not-intact" ? { first: verdict.faults[0] ?? null } : {};
  return { verdict: kind, ...first, ...found, covered, warnings, protection, exitCode: exit.code };
}

function note(text: string): void {
  process.stderr.write(`slipway: ${text}\n`);
}

function print(answer: string): void {
  process.stdout.write(`${answer}\n`);
}
