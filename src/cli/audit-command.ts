import { InvalidArgumentError, type Command } from "commander";
import { registerAuditRetention } from "./audit-retention-command.ts";
import { verb, type CommonOptions } from "./verb.ts";

export interface AuditShowOptions extends CommonOptions {
  readonly env?: string;
  readonly deployment?: string;
  readonly limit: number;
}

const LIMIT = 200;

export function registerAudit(program: Command): void {
  const audit = program.command("audit").description("the ledger: what was meant and what happened");
  verb(audit, "show", "print the records of the ledger, oldest first")
    .option("--env <name>", "only those of this environment")
    .option("--deployment <id>", "only those of this deployment")
    .option("--limit <number>", "at most so many, the newest ones", positive, LIMIT)
    .action(async (_options: AuditShowOptions, command: Command) => {
      const { runAuditShow } = await import("./run-audit.ts");
      await runAuditShow(command.optsWithGlobals<AuditShowOptions>());
    });
  verb(audit, "verify", "check every record of the ledger against the others; exit 50 when one does not fit")
    .option("--env <name>", "changes nothing: a ledger is intact as a whole or not at all")
    .action(async (_options: CommonOptions, command: Command) => {
      const { runAuditVerify } = await import("./run-audit.ts");
      await runAuditVerify(command.optsWithGlobals<CommonOptions>());
    });
  registerAuditRetention(audit);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("it should be a whole number from 1 on.");
  return Number(text);
}
