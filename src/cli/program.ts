import { Command } from "commander";
import { registerApprove } from "./approve-command.ts";
import { registerApproveEmergency } from "./approve-emergency-command.ts";
import { registerAudit, registerEvidence } from "./audit-command.ts";
import { registerCall } from "./call-command.ts";
import { registerCloud } from "./cloud-command.ts";
import { registerConfig } from "./config-command.ts";
import { registerDeploy } from "./deploy-command.ts";
import { registerHold } from "./hold-command.ts";
import { registerHelp } from "./help-command.ts";
import { registerKeys } from "./keys-command.ts";
import { registerMigrate } from "./migrate-command.ts";
import { fitCall } from "./out.ts";
import { registerPlan } from "./plan-command.ts";
import { registerPromote } from "./promote-command.ts";
import { registerResume } from "./resume-command.ts";
import { registerReview } from "./review-command.ts";
import { registerRollback } from "./rollback-command.ts";
import { registerStatus } from "./status-command.ts";
import { packageVersion } from "./run-origin.ts";
import { withSuggestion } from "./suggest-option.ts";

/**
 * All the words of the CLI. Each verb's body is loaded when the verb is called.
 *
 * @param argv the call, for the sentences about it
 */
export function buildProgram(argv: readonly string[] = []): Command {
  const program: Command = new Command("slipway")
    .description("Deliver a Postgres-backed application: check, release, deploy, prove, roll back.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help, or a verb's")
    .option("--project <dir>", "the app's folder (default: this one)")
    // `call` hands the words after it to the pipeline as they are.
    .enablePositionalOptions()
    .showHelpAfterError("(slipway --help shows the verbs)")
    .configureOutput({ outputError: (text, write) => write(fitCall(withSuggestion(text, program), argv)) })
    .exitOverride();

  registerCall(program);
  registerConfig(program);
  registerPlan(program);
  registerDeploy(program);
  registerPromote(program);
  registerRollback(program);
  registerResume(program);
  registerApprove(program);
  registerApproveEmergency(program);
  registerHold(program);
  registerReview(program);
  registerStatus(program);
  registerMigrate(program);
  registerAudit(program);
  registerKeys(program);
  registerEvidence(program);
  registerCloud(program);
  registerHelp(program);
  return program;
}
