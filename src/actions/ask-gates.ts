import { unprovenAmong } from "../core/acts/check-proof.ts";
import { personOf } from "../core/acts/person-of.ts";
import { whoTriggers } from "../core/deployment/who-triggers.ts";
import { usedApprovals } from "../core/gates/approvals.ts";
import { decideBreakGlass, type BreakGlassDecision } from "../core/gates/break-glass.ts";
import { areOpen, decideGates, looksBackHours } from "../core/gates/decide.ts";
import { recheckGates } from "../core/gates/recheck.ts";
import type { GateDecision, GateFacts } from "../core/gates/types.ts";
import type { Release } from "../core/release/types.ts";
import type { Instant } from "../core/time.ts";
import type { Caller } from "../ports/identity.ts";
import type { RunContext } from "./run-context.ts";

const HOUR_MS = 3_600_000;

/** What is asked of the gates: about which deployment, with which plan, by whom. */
export interface GateQuestion {
  readonly release: Release;
  readonly planSha256: string;
  /** Undefined while there is no deployment yet. */
  readonly deploymentId: string | undefined;
  readonly caller: Pick<Caller, "actor">;
  /** The reason with which windows, rate and approvals are to be skipped; undefined: they are not. */
  readonly breakGlass: string | undefined;
}

/** What the gates say, and what being let in costs. */
export interface GateAnswer {
  /** Database time of the decision. */
  readonly now: Instant;
  readonly open: boolean;
  readonly decisions: readonly GateDecision[];
  /** Ids of the approvals that are used up. */
  readonly consumes: readonly string[];
  /** The approvals that count, as they were signed, for the record. */
  readonly approvals: readonly unknown[];
  /** The reason with which the glass was broken; undefined when nothing was skipped. */
  readonly brokenGlass: string | undefined;
  /** A break-glass that somebody has to look into. */
  readonly review: { readonly reviewId: string; readonly because: string; readonly by: string } | undefined;
}

/** Asks every gate on the ledger's own time. Reads only; throws when the ledger cannot be asked. */
export async function askGates(question: GateQuestion, context: RunContext): Promise<GateAnswer> {
  const facts = await gateFacts(question, context, looksBackHours(context.environment.policy));
  const decisions = decideGates(facts);
  const { breakGlass } = question;

  const glass = breakGlass === undefined ? undefined : decideBreakGlass(facts, decisions, breakGlass);
  if (glass === undefined || glass.kind === "not-needed") {
    const open = areOpen(decisions);
    return answer(facts, decisions, open ? usedApprovals(facts) : []);
  }
  if (glass.kind === "refused") {
    return answer(facts, decisions.map(notSkipped(glass, decisions)), []);
  }
  return {
    ...answer(facts, decisions.map(skipped(glass)), [glass.approval.id]),
    brokenGlass: glass.reason,
    review: { reviewId: `r-${context.ports.newId()}`, because: glass.reason, by: glass.approval.person },
  };
}

/** Asks again before an irreversible step: a hold, the end of the window, an approval taken back. */
export async function askAgain(
  question: GateQuestion,
  brokenGlass: string | undefined,
  context: RunContext,
): Promise<GateAnswer> {
  const facts = await gateFacts(question, context, 0);
  return answer(facts, recheckGates(facts, brokenGlass), []);
}

async function gateFacts(
  { release, planSha256, deploymentId, caller }: GateQuestion,
  { config, environment, ports }: RunContext,
  backHours: number,
): Promise<GateFacts> {
  const { gatekeeping, releases, fingerprintOf, origin } = ports;
  const subject = {
    app: config.app,
    env: environment.name,
    releaseSha256: fingerprintOf(release),
    planSha256,
  };
  const { app, env } = subject;
  const { promotion } = environment.policy;
  const now = await gatekeeping.now();
  const [approvals, holds, mutations, earlier] = await Promise.all([
    gatekeeping.approvals(app, env, subject.releaseSha256),
    gatekeeping.holds(app, env),
    backHours === 0 ? [] : gatekeeping.mutations(app, env, now - backHours * HOUR_MS),
    promotion === undefined ? [] : releases.history(app, promotion.from),
  ]);
  return {
    now,
    policy: environment.policy,
    release,
    subject,
    deploymentId,
    triggeredBy: whoTriggers(config, caller, origin.actor),
    author: release.author === undefined ? undefined : personOf(config.people, release.author),
    roles: config.roles,
    mutations,
    earlier: earlier.toReversed(),
    holds,
    approvals,
    unproven: unprovenAmong(approvals, ports.proofTools),
  };
}

function answer(
  facts: GateFacts,
  decisions: readonly GateDecision[],
  consumes: readonly string[],
): GateAnswer {
  return {
    now: facts.now,
    open: areOpen(decisions),
    decisions,
    consumes,
    approvals: facts.approvals.filter(({ id }) => consumes.includes(id)),
    brokenGlass: undefined,
    review: undefined,
  };
}

// What was closed stays closed, and the approvals tell besides why the glass is not broken.
function notSkipped(
  glass: Extract<BreakGlassDecision, { kind: "refused" }>,
  decisions: readonly GateDecision[],
) {
  const told = new Set(decisions.flatMap(({ reasons }) => reasons));
  const own = glass.reasons.filter((reason) => !told.has(reason));
  return (decision: GateDecision): GateDecision =>
    decision.gate === "approvals" ? { ...decision, reasons: [...decision.reasons, ...own] } : decision;
}

// Open for this deployment, and on record with what was closed.
function skipped(glass: Extract<BreakGlassDecision, { kind: "granted" }>) {
  return (decision: GateDecision): GateDecision => {
    if (!glass.skips.includes(decision.gate)) return decision;
    const closed = decision.reasons.map(({ says }) => says).join("; ");
    return { ...decision, reasons: [], rule: `broken glass, closed because: ${closed}` };
  };
}
