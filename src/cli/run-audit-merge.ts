import { createHash } from "node:crypto";
import { mergeJournal, type MergeReport } from "../actions/merge-journal.ts";
import type { Config } from "../core/config/types.ts";
import { readChain } from "../core/emergency/journal-chain.ts";
import { readStoryOf, type JournalStory } from "../core/emergency/journal-story.ts";
import { EXIT_CODES, SlipwayError } from "../core/errors.ts";
import type { AuditMergeOptions } from "./audit-merge-command.ts";
import { readWhole } from "./compose-audit-files.ts";
import { emergencyKeys } from "./compose-emergency.ts";
import { composeAudit, composeTools } from "./compose-ledger.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import { exitWith } from "./exit.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import { printOut } from "./out.ts";

/** `slipway audit merge`. */
export async function runAuditMerge(options: AuditMergeOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const { story, ...file } = await readJournal(options, config);
  if (story.app !== config.app) throw otherApp(options.journal, story, config);
  const environment = findEnvironment(config, story.env, options.journal);
  // Asked before anything is opened for writing: an empty database would be set up as a new ledger.
  const log = await ledgerId();

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const { ports } = composed;
    if (file.torn) ports.reporter.note("the last line was not written to its end and is left out");
    const request = { config, environment, story, ...file };
    const report = await mergeJournal(request, log, ports, signals);
    for (const problem of report.problems) ports.reporter.problem(problem);
    await ports.reporter.end();
    print(report, options);
  });
}

async function readJournal(
  { journal, trust }: AuditMergeOptions,
  config: Config,
): Promise<{ readonly story: JournalStory; readonly sha256: string; readonly torn: boolean }> {
  const bytes = await readWhole(journal);
  const [keys, { ledgerTools, noteTools }] = await Promise.all([
    emergencyKeys(config.ledger.origin, trust, process.env),
    composeTools(),
  ]);
  const read = readChain(Buffer.from(bytes).toString("utf8"), keys, { ...ledgerTools, ...noteTools });
  if (read.kind === "not-intact") throw notIntact(`${journal}:${read.line}`, read.says);
  const story = readStoryOf(read.records);
  if (story === undefined) throw notIntact(journal, "is signed, but is no rollback of an emergency");
  return { story, sha256: createHash("sha256").update(bytes).digest("hex"), torn: read.torn };
}

async function ledgerId(): Promise<string | undefined> {
  await using composed = await composeAudit(process.env);
  // Awaited here: the ledger is closed when this function ends.
  return await composed.history.log();
}

function print(report: MergeReport, { json }: AuditMergeOptions): void {
  const exit = report.problems.length > 0 ? "outcomeUnknown" : "done";
  exitWith(exit);
  const { code } = EXIT_CODES[exit];
  const answer = json === true ? JSON.stringify({ ...report, exitCode: code }, null, 2) : inWords(report);
  printOut(answer, json === true ? "json" : "text");
}

function inWords({ outcome, appended, deploymentId, environment, ...report }: MergeReport): string {
  if (outcome === "nothing-to-do") return `nothing to do: ${deploymentId} is in the ledger already`;
  const lines = [`${appended} late entries of ${deploymentId} are in the ledger`];
  if (report.running !== null)
    lines.push(`  ${report.running} is the last known good release of ${environment}`);
  if (report.overtaken)
    lines.push("  another deployment came after it, so what it brought back counts no more");
  lines.push(
    `  the review ${report.reviewId} is due: slipway close-review --env=${environment} --review=${report.reviewId}`,
  );
  return lines.join("\n");
}

function notIntact(at: string, says: string): SlipwayError {
  const hint = "take the copy that the anchors keep; nothing was merged";
  return new SlipwayError({ code: "JOURNAL_NOT_INTACT", at, says, hint }, "ledgerNotIntact");
}

function otherApp(at: string, story: JournalStory, config: Config): SlipwayError {
  const says = `is of the app ${story.app}, and this is ${config.app}`;
  return new SlipwayError(
    { code: "JOURNAL_OTHER", at, says, hint: "give its app's folder with --project" },
    "usage",
  );
}
