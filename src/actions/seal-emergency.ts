import type { KnownGood } from "../core/deployment/types.ts";
import { KNOWN_GOOD_KEPT, type KnownGoodList } from "../core/emergency/known-good-list.ts";
import type { Problem } from "../core/errors.ts";
import { retainUntil } from "../core/ledger/retention.ts";
import type { Instant } from "../core/time.ts";
import type { EmergencyJournal } from "../ports/emergency-journals.ts";
import type { Proven } from "./anchor-end.ts";
import type { Compensated } from "./compensate.ts";
import type { RunContext } from "./run-context.ts";
import { isBug, problemsOf } from "./step-faults.ts";

/** What an emergency leaves behind. */
export interface Emergency {
  readonly list: KnownGoodList;
  readonly target: KnownGood;
  readonly deploymentId: string;
  readonly journal: EmergencyJournal;
  /** The platform's clock, else this machine's. */
  readonly now: Instant;
}

/**
 * Keeps the finished journal, and the list of known good releases as it is now, at the anchors. One anchor is enough on
 * such a day; without any, a success is none (exit 41).
 */
export async function sealEmergency(
  end: Compensated,
  emergency: Emergency,
  context: RunContext,
): Promise<Proven> {
  const { config, environment, ports } = context;
  const { deploymentId, journal } = emergency;
  const at = new Date(emergency.now).toISOString();
  const until = retainUntil(at, undefined, config.ledger.retentionYears);
  const { places, missing } = await journal.keep(
    `emergency/${config.app}/${environment.name}/${deploymentId}`,
    until,
  );
  for (const says of missing) ports.reporter.note(`the journal is not kept at ${says}`);
  if (end.outcome === "deployed") await keepList(emergency, at, until, context);

  if (places.length > 0) return { ...end, anchored: true };
  return {
    ...end,
    outcome: end.outcome === "deployed" ? "failed" : end.outcome,
    problems: [...end.problems, notKept(journal.file)],
    anchored: false,
  };
}

// So that a second emergency goes on from here, and not from what was so before.
async function keepList(
  { list, target, deploymentId }: Emergency,
  at: string,
  until: string,
  { ports }: RunContext,
): Promise<void> {
  const { release, revisions } = target;
  const commit: KnownGood = { deploymentId, purpose: "rollback", release, revisions, at };
  try {
    const releases = [...list.releases, commit].slice(-KNOWN_GOOD_KEPT);
    await ports.knownGood.keep({ ...list, releases }, until);
  } catch (error) {
    if (isBug(error)) throw error;
    for (const { at: where, says } of problemsOf(error))
      ports.reporter.note(`the list of known good releases is not kept everywhere: ${where} ${says}`);
  }
}

function notKept(file: string): Problem {
  return {
    code: "JOURNAL_NOT_ANCHORED",
    at: "ledger/anchors",
    says: `no anchor has the journal of what was done; ${file} is the only copy`,
    hint: "keep that file safe until `slipway audit merge` has read it",
  };
}
