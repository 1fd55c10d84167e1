import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface AuditMergeOptions extends CommonOptions {
  readonly journal: string;
  readonly trust?: string;
}

/** `audit merge`. */
export function registerAuditMerge(audit: Command): void {
  verb(audit, "merge", "append what was done while the ledger was gone, as late entries; twice is once")
    .option("--journal <file>", "what `slipway rollback --break-glass` wrote")
    .option("--trust <file>", "public keys that are trusted besides, one a line")
    .action(async (options: AuditMergeOptions, command: Command) => {
      demand(command, { ...options }, "journal");
      const { runAuditMerge } = await import("./run-audit-merge.ts");
      await runAuditMerge(command.optsWithGlobals<AuditMergeOptions>());
    });
}
