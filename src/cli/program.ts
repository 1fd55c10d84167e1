import { Command } from "commander";
import { registerAudit } from "./audit-command.ts";
import { registerCall } from "./call-command.ts";
import { registerCloud } from "./cloud-command.ts";
import { registerConfig } from "./config-command.ts";
import { registerDeploy } from "./deploy-command.ts";
import { registerHelp } from "./help-command.ts";
import { registerMigrate } from "./migrate-command.ts";
import { registerRollback } from "./rollback-command.ts";
import { registerStatus } from "./status-command.ts";
import { packageVersion } from "./run-origin.ts";
import { withSuggestion } from "./suggest-option.ts";

/** All the words of the CLI. Each verb's body is loaded when the verb is called. */
export function buildProgram(): Command {
  const program: Command = new Command("slipway")
    .description("Deliver a Postgres-backed application: check, release, deploy, prove, roll back.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help, or a verb's")
    .option("--project <dir>", "the app's folder (default: this one)")
    // `call` hands the words after it to the pipeline as they are.
    .enablePositionalOptions()
    .showHelpAfterError("(slipway --help shows the verbs)")
    .configureOutput({ outputError: (text, write) => write(withSuggestion(text, program)) })
    .exitOverride();

  registerCall(program);
  registerConfig(program);
  registerDeploy(program);
  registerRollback(program);
  registerStatus(program);
  registerMigrate(program);
  registerAudit(program);
  registerCloud(program);
  registerHelp(program);
  return program;
}
