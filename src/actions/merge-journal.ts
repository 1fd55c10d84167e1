import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { DeploymentOutcome } from "../core/deployment/types.ts";
import type { EmergencyRecord } from "../core/emergency/journal-chain.ts";
import type { JournalStory } from "../core/emergency/journal-story.ts";
import { LATE_ENTRY, planMerge, type MergePlan } from "../core/emergency/plan-merge.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { JournalEntry } from "../ports/journal.ts";
import { anchorEnd } from "./anchor-end.ts";
import { closeAbandoned } from "./close-abandoned.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { newRun, type RunContext, type StopSignals } from "./run-context.ts";
import { stopIfAborted } from "./step-faults.ts";
import { underLease, type Tenure } from "./under-lease.ts";

export interface MergeRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly story: JournalStory;
  /** Hex SHA-256 of the file. */
  readonly sha256: string;
  /** The last line was being written when the machine died. */
  readonly torn: boolean;
}

export interface MergeReport {
  readonly outcome: "merged" | "nothing-to-do";
  readonly deploymentId: string;
  readonly environment: string;
  /** How many records were appended as late entries, and how many the journal has. */
  readonly appended: number;
  readonly records: number;
  /** The release that the ledger holds for running because of this journal; null when there is none. */
  readonly running: string | null;
  /** A deployment came after the emergency: the journal is on record, and what it brought back counts no more. */
  readonly overtaken: boolean;
  readonly reviewId: string;
  readonly anchored: boolean;
  readonly problems: readonly Problem[];
}

type Merge = Extract<MergePlan, { kind: "merge" }>;

/**
 * Appends an emergency's journal, which has been verified, to the ledger that is back: every record as a late entry,
 * then what runs since, and a review that is due. Twice is once. Throws `JOURNAL_OTHER` (exit 2 or 11).
 */
export async function mergeJournal(
  request: MergeRequest,
  log: string | undefined,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<MergeReport> {
  const { story } = request;
  const context = newRun(request, ports);
  const purpose = `merge the journal of ${story.deploymentId}`;
  return underLease({ ...request, purpose }, context.steps, ports, signals, async (tenure) => {
    const { app } = request.config;
    const { name: env } = request.environment;
    const history = await ports.releases.history(app, env);
    const there = await ports.journal.records(story.deploymentId);

    const plan = planMerge({ story, app, env, log, history, there });
    if (plan.kind === "refused") throw new SlipwayError(plan.problem, plan.exit);

    if (plan.kind === "merge") await merge(plan, request, context, tenure);
    return end(plan, request, context, tenure);
  });
}

async function merge(plan: Merge, request: MergeRequest, context: RunContext, tenure: Tenure): Promise<void> {
  const { story, torn } = request;
  const { journal, releases, reporter } = context.ports;
  const common = {
    app: story.app,
    env: story.env,
    deploymentId: story.deploymentId,
    attempt: 1,
    step: undefined,
  };
  const entry = { ...common, fence: tenure.fence, actor: tenure.caller.actor, type: "deployment" } as const;
  const { release, reviewId, reason, answeredBy, committed } = story;

  if (plan.begin) {
    const [latest] = await releases.deployments(story.app, story.env, 1);
    if (latest !== undefined && latest.outcome === undefined) {
      await closeAbandoned(latest.deploymentId, { purpose: "rollback", release }, entry, context);
    }
  }
  for (const record of plan.late) {
    stopIfAborted(tenure.stop);
    await journal.append(lateEntry(record, request, tenure));
  }
  const late = {
    late: true,
    journalSha256: request.sha256,
    brokenGlass: reason,
    ciActor: story.ciActor ?? null,
  };
  if (plan.begin) {
    const review = { kind: "review-due", reviewId, because: reason, by: answeredBy } as const;
    await journal.append(
      { ...entry, phase: "intent", outcome: undefined, data: { ...late, release: release.id } },
      [{ kind: "begin", purpose: "rollback", release }, review],
    );
  }
  if (plan.commit && committed !== undefined) {
    await journal.append(
      { ...entry, type: "step", step: "commit", phase: "outcome", outcome: "done", data: late },
      [{ kind: "commit", purpose: "rollback", release, revisions: committed }],
    );
  }
  const outcome: DeploymentOutcome = story.outcome ?? "failed";
  const facts = { ...late, endIsMissing: story.outcome === undefined, torn, overtaken: plan.overtaken };
  await journal.append({ ...entry, phase: "outcome", outcome, data: facts }, [{ kind: "end", outcome }]);
  reporter.note(`${plan.late.length} late entries, and the review ${reviewId} is due`);
}

/** A record that comes late: its own time, place and content are data, the ledger gives it the time of the merge. */
function lateEntry(
  record: EmergencyRecord,
  { story, sha256 }: MergeRequest,
  { caller }: Tenure,
): JournalEntry {
  return {
    type: "act",
    app: story.app,
    env: story.env,
    deploymentId: story.deploymentId,
    step: undefined,
    attempt: 1,
    phase: "outcome",
    outcome: "done",
    fence: null,
    // Who did it then; the journal is signed, and whoever merges it is named beside.
    actor: story.actor,
    data: {
      act: LATE_ENTRY,
      mergedBy: caller.actor,
      journalSha256: sha256,
      order: record.seq,
      originalAt: record.at,
      ciActor: story.ciActor ?? null,
      record,
    },
  };
}

async function end(
  plan: MergePlan,
  { story, environment }: MergeRequest,
  context: RunContext,
  tenure: Tenure,
): Promise<MergeReport> {
  const merged = plan.kind === "merge";
  const lastKnownGood = await context.ports.releases.lastKnownGood(story.app, story.env);
  const running = lastKnownGood?.deploymentId === story.deploymentId ? story.release.id : null;
  const last = { outcome: "nothing-to-do", problems: [], running, urls: {} } as const;
  const { anchored, problems } = await anchorEnd(last, context, tenure.leave);
  return {
    outcome: merged ? "merged" : "nothing-to-do",
    deploymentId: story.deploymentId,
    environment: environment.name,
    appended: merged ? plan.late.length : 0,
    records: story.records.length,
    running,
    overtaken: merged && plan.overtaken,
    reviewId: story.reviewId,
    anchored,
    problems,
  };
}
