import { InvalidArgumentError, type Command } from "commander";
import { registerAuditMerge } from "./audit-merge-command.ts";
import { registerAuditRetention } from "./audit-retention-command.ts";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface AuditShowOptions extends CommonOptions {
  readonly env?: string;
  readonly deployment?: string;
  readonly limit: number;
}

/** Whom to believe besides the ledger itself. */
export interface TrustOptions extends CommonOptions {
  readonly env?: string;
  readonly anchors?: readonly string[];
  readonly trust?: string;
}

export interface AuditVerifyOptions extends TrustOptions {
  readonly log?: string;
  readonly export?: string;
  readonly proof?: string;
  readonly evidence?: string;
}

export interface AuditExportOptions extends TrustOptions {
  readonly out: string;
}

export interface DeploymentFileOptions extends TrustOptions {
  readonly deployment: string;
  readonly out: string;
}

/** Of one deployment, or of one migration in one environment. */
export interface EvidenceOptions extends TrustOptions {
  readonly deployment?: string;
  readonly migration?: string;
  readonly out: string;
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
  withTrust(
    verb(
      audit,
      "verify",
      "check every record against the others and against signed checkpoints; exit 50 on a fault",
    ),
  )
    .option("--log <id>", "id of the ledger, as you know it from elsewhere")
    .option("--export <dir>", "verify an export instead; needs no database")
    .option("--proof <file>", "verify what `audit prove` wrote; needs no database")
    .option("--evidence <file>", "verify what `evidence` wrote; needs no database")
    .action(async (_options: AuditVerifyOptions, command: Command) => {
      const { runAuditVerify } = await import("./run-audit.ts");
      await runAuditVerify(command.optsWithGlobals<AuditVerifyOptions>());
    });
  withTrust(verb(audit, "export", "write the whole ledger into a folder that can be verified without it"))
    .option("--out <dir>", "the new folder")
    .action(async (options: AuditExportOptions, command: Command) => {
      demand(command, { ...options }, "out");
      const { runAuditExport } = await import("./run-audit-files.ts");
      await runAuditExport(command.optsWithGlobals<AuditExportOptions>());
    });
  withTrust(verb(audit, "prove", "write one deployment's records with proofs, and no other deployment's"))
    .option("--deployment <id>", "the deployment, as `audit show` prints it")
    .option("--out <file>", "the new file")
    .action(async (options: DeploymentFileOptions, command: Command) => {
      demand(command, { ...options }, "deployment", "out");
      const { runAuditProve } = await import("./run-audit-files.ts");
      await runAuditProve(command.optsWithGlobals<DeploymentFileOptions>());
    });
  registerAuditRetention(audit);
  registerAuditMerge(audit);
}

/** `slipway evidence`. */
export function registerEvidence(program: Command): void {
  withTrust(
    verb(
      program,
      "evidence",
      "write one signed archive of a deployment or of a migration, for whoever has to believe it",
    ),
  )
    .option("--deployment <id>", "the deployment, as `audit show` prints it")
    .option("--migration <id>", "instead: the migration; its number is enough, and --env says where")
    .option("--out <file.tar>", "the new file")
    .action(async (options: EvidenceOptions, command: Command) => {
      const { deployment, migration, env } = options;
      if ((deployment === undefined) === (migration === undefined)) {
        command.error("error: say of what, with --deployment <id> or with --migration <id>");
      }
      demand(command, { ...options }, "out", ...(migration === undefined ? [] : ["env"]));
      const all = command.optsWithGlobals<EvidenceOptions>();
      if (migration !== undefined && env !== undefined) {
        const { runMigrationEvidence } = await import("./run-migration-evidence.ts");
        await runMigrationEvidence({ ...all, migration, env });
      } else if (deployment !== undefined) {
        const { runEvidence } = await import("./run-audit-files.ts");
        await runEvidence({ ...all, deployment });
      }
    });
}

function withTrust(command: Command): Command {
  return command
    .option(
      "--env <name>",
      "whose anchors are asked, when the config names them (default: the first environment)",
    )
    .option(
      "--anchors <place>",
      "a folder of kept checkpoints, or s3://bucket/prefix; may be given again",
      collect,
    )
    .option("--trust <file>", "public keys that are trusted, one a line");
}

function collect(place: string, places: readonly string[] = []): readonly string[] {
  return [...places, place];
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("it should be a whole number from 1 on.");
  return Number(text);
}
