import { Option, type Command } from "commander";
import { MEANINGS, type Meaning } from "../core/acts/types.ts";
import { actVerb, type ActOptions } from "./act-options.ts";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface ApproveOptions extends ActOptions {
  readonly env?: string;
  readonly plan: string;
  readonly role: string;
  readonly meaning: Meaning;
  readonly reason: string;
}

export interface RevokeOptions extends ActOptions {
  readonly approval: string;
  readonly reason: string;
}

export interface ApprovalsOptions extends CommonOptions {
  readonly env: string;
  readonly release: string;
}

export function registerApprove(program: Command): void {
  actVerb(program, "approve", "put your name to a plan, as one of your roles")
    .option("--plan <file>", "the plan that `slipway plan --out=<file>` wrote")
    .option("--env <name>", "refuse a plan for any other environment")
    .option("--role <name>", "the role you sign as")
    .addOption(new Option("--meaning <word>", "what your signature says").choices(MEANINGS))
    .option("--reason <sentence>", "why; it goes on record")
    .action(async (options: ApproveOptions, command: Command) => {
      demand(command, { ...options }, "plan", "role", "meaning", "reason");
      const { runApprove } = await import("./run-approve.ts");
      await runApprove(command.optsWithGlobals<ApproveOptions>());
    });

  actVerb(program, "revoke", "take an approval back, as long as nothing was changed with it")
    .option("--approval <id>", "the approval, as `approve` printed it")
    .option("--reason <sentence>", "why; it goes on record")
    .action(async (options: RevokeOptions, command: Command) => {
      demand(command, { ...options }, "approval", "reason");
      const { runRevoke } = await import("./run-approve.ts");
      await runRevoke(command.optsWithGlobals<RevokeOptions>());
    });

  verb(program, "approvals", "who approved a release for an environment, and what became of it")
    .option("--env <name>", "the environment, as the config names it")
    .option("--release <file>", "the release manifest, or its SHA-256")
    .action(async (options: ApprovalsOptions, command: Command) => {
      demand(command, { ...options }, "env", "release");
      const { runApprovals } = await import("./run-approvals.ts");
      await runApprovals(command.optsWithGlobals<ApprovalsOptions>());
    });
}
