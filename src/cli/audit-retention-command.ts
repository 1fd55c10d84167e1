import type { Command } from "commander";
import { verb, type CommonOptions } from "./verb.ts";

export interface RetentionOptions extends CommonOptions {
  readonly env?: string;
}

/** `audit extend-retention`. */
export function registerAuditRetention(audit: Command): void {
  verb(audit, "extend-retention", "hold the evidence of what runs for the full time from now; run it daily")
    .option("--env <name>", "only this environment (default: all of the config)")
    .action(async (_options: RetentionOptions, command: Command) => {
      const { runAuditRetention } = await import("./run-audit-retention.ts");
      await runAuditRetention(command.optsWithGlobals<RetentionOptions>());
    });
}
