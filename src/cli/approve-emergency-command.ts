import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface ApproveEmergencyOptions extends CommonOptions {
  readonly env: string;
  readonly to: string;
  readonly reason: string;
  readonly out: string;
  readonly person?: string;
}

export function registerApproveEmergency(program: Command): void {
  verb(
    program,
    "approve-emergency",
    "answer for a rollback while the ledger is gone; signs a file, asks nothing",
  )
    .option("--env <name>", "the environment, as the config names it")
    .option("--to <release>", "id of the known good release to return to")
    .option("--reason <sentence>", "why; it goes on record when the ledger is back")
    .option("--person <name>", "whose key to sign with, as the config names them")
    .option("--out <file>", "the new file, for whoever rolls back")
    .action(async (options: ApproveEmergencyOptions, command: Command) => {
      demand(command, { ...options }, "env", "to", "reason", "out");
      const { runApproveEmergency } = await import("./run-approve-emergency.ts");
      await runApproveEmergency(command.optsWithGlobals<ApproveEmergencyOptions>());
    });
}
