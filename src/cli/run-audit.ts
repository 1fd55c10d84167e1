import { auditShow } from "../actions/audit-show.ts";
import { auditVerify, type AuditReport } from "../actions/audit-verify.ts";
import { EXIT_CODES } from "../core/errors.ts";
import { auditTable } from "../core/ledger/audit-table.ts";
import { describeVerdict } from "../core/ledger/describe-verdict.ts";
import type { AuditShowOptions } from "./audit-command.ts";
import { composeAudit } from "./compose-ledger.ts";
import { exitWith } from "./exit.ts";
import type { CommonOptions } from "./verb.ts";

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
export async function runAuditVerify(options: CommonOptions): Promise<void> {
  await using composed = await composeAudit(process.env);
  const report = await auditVerify(composed);

  const { verdict, protection } = report;
  if (verdict.kind === "not-intact") exitWith("ledgerNotIntact");
  if (options.json !== true && protection.mayAlter) {
    process.stderr.write(
      `slipway: the role ${protection.role} could alter the ledger's tables; keep the head elsewhere to prove that it has not\n`,
    );
  }
  print(options.json === true ? JSON.stringify(asJson(report), null, 2) : describeVerdict(verdict));
}

function asJson({ verdict, protection }: AuditReport): unknown {
  const exit = verdict.kind === "intact" ? EXIT_CODES.done : EXIT_CODES.ledgerNotIntact;
  const { kind, ...found } = verdict;
  const first = verdict.kind === "not-intact" ? { first: verdict.faults[0] ?? null } : {};
  return { verdict: kind, ...first, ...found, protection, exitCode: exit.code };
}

function print(answer: string): void {
  process.stdout.write(`${answer}\n`);
}
