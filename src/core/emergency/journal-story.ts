import { isObject } from "../ledger/is-object.ts";
import { readRelease } from "../release/schema.ts";
import type { Release } from "../release/types.ts";
import type { DeploymentOutcome } from "../deployment/types.ts";
import type { EmergencyRecord } from "./journal-chain.ts";

/** What an emergency's journal says, as a merge needs it. */
export interface JournalStory {
  readonly app: string;
  readonly env: string;
  /** Id of the ledger that was gone. */
  readonly log: string;
  readonly deploymentId: string;
  /** Deployment that was committed last before it. */
  readonly base: string;
  readonly actor: string;
  /** Who started it as the CI said; undefined when it said nothing. */
  readonly ciActor: string | undefined;
  readonly reason: string;
  /** Key of `people`. */
  readonly answeredBy: string;
  readonly reviewId: string;
  readonly release: Release;
  /** What runs since; undefined when it did not come so far. */
  readonly committed: Readonly<Record<string, string>> | undefined;
  /** `undefined`: it was killed, or its end was cut off. */
  readonly outcome: DeploymentOutcome | undefined;
  readonly records: readonly EmergencyRecord[];
}

const OUTCOMES: Readonly<Record<DeploymentOutcome, true>> = {
  deployed: true,
  "nothing-to-do": true,
  refused: true,
  "rolled-back": true,
  "rollback-failed": true,
  stopped: true,
  interrupted: true,
  gated: true,
  failed: true,
};

/** `undefined` for records that are no rollback of an emergency, from its first record on. */
export function readStoryOf(records: readonly EmergencyRecord[]): JournalStory | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  const { app, env, deploymentId, actor, data } = first.entry;
  const facts = isObject(data) ? data["emergency"] : undefined;
  const begin = changesOf(first).find(({ kind }) => kind === "begin");
  const release = readRelease(begin?.["release"]);
  if (!isObject(facts) || release.kind === "refused") return undefined;
  const { log, base, reason, answeredBy, reviewId, ciActor } = facts;
  if (!isText(app) || !isText(env) || !isText(deploymentId) || !isText(actor) || !isText(log))
    return undefined;
  if (!isText(base) || !isText(reason) || !isText(answeredBy) || !isText(reviewId)) return undefined;
  const isOne = records.every(
    ({ entry }) => entry["app"] === app && entry["env"] === env && entry["deploymentId"] === deploymentId,
  );
  if (!isOne) return undefined;
  return {
    app,
    env,
    log,
    deploymentId,
    base,
    actor,
    reason,
    answeredBy,
    reviewId,
    records,
    ciActor: isText(ciActor) ? ciActor : undefined,
    release: release.release,
    committed: committedIn(records),
    outcome: outcomeOf(records),
  };
}

function committedIn(records: readonly EmergencyRecord[]): Readonly<Record<string, string>> | undefined {
  const commit = records.flatMap(changesOf).find(({ kind }) => kind === "commit");
  const revisions = commit?.["revisions"];
  if (!isObject(revisions)) return undefined;
  return Object.fromEntries(
    Object.entries(revisions).flatMap(([component, revision]) =>
      isText(revision) ? [[component, revision]] : [],
    ),
  );
}

function outcomeOf(records: readonly EmergencyRecord[]): DeploymentOutcome | undefined {
  const end = records.flatMap(changesOf).findLast(({ kind }) => kind === "end");
  const outcome = end?.["outcome"];
  return isText(outcome) && isOutcome(outcome) ? outcome : undefined;
}

function isOutcome(text: string): text is DeploymentOutcome {
  return Object.hasOwn(OUTCOMES, text);
}

function changesOf({ changes }: EmergencyRecord): Readonly<Record<string, unknown>>[] {
  return changes.filter(isObject);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
