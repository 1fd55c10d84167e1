import { freeTextProblems } from "../core/acts/free-text.ts";
import { mayAct } from "../core/acts/may-act.ts";
import { personOf, provenPerson } from "../core/acts/person-of.ts";
import type { ProvenIdentity, ReviewDue } from "../core/acts/types.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { whoTriggers } from "../core/deployment/who-triggers.ts";
import type { Problem } from "../core/errors.ts";
import type { JournalRecord } from "../ports/journal.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct, recordRefusal, refuseCall, type ActAnswer } from "./record-act.ts";

export interface CloseReviewRequest {
  readonly config: Config;
  readonly reviewId: string;
  readonly finding: string;
}

/** Records what was found when somebody looked into a break-glass. Whoever broke the glass does not judge it. */
export async function closeReview(
  { config, reviewId, finding }: CloseReviewRequest,
  ports: ActPorts,
): Promise<ActAnswer<{ readonly review: ReviewDue; readonly env: string }>> {
  const malformed = freeTextProblems("--finding", finding);
  if (malformed.length > 0) return refuseCall(...malformed);

  const due = await find(config, reviewId, ports);
  if (due === undefined) return refuseCall(unknown(reviewId));
  const { environment, review } = due;
  const story = await ports.journal.records(review.deploymentId);
  const where = { app: config.app, env: environment.name };
  const id = ports.newId("c");
  const statement = { act: "close-review", id, ...where, target: reviewId, reason: finding } as const;
  const identity = await prove(environment, statement, ports);

  const act = { config, environment, statement, identity };
  const problems = [...mayAct(config, identity), ...notOnesOwn(config, review, story, identity)];
  if (problems.length > 0) return recordRefusal(act, problems, ports);
  await recordAct(act, { review }, [{ kind: "review-closed", reviewId }], ports);
  return { kind: "done", review, env: where.env };
}

async function find(
  config: Config,
  reviewId: string,
  { gatekeeping }: ActPorts,
): Promise<{ readonly environment: EnvironmentConfig; readonly review: ReviewDue } | undefined> {
  for (const environment of Object.values(config.environments)) {
    const reviews = await gatekeeping.reviews(config.app, environment.name);
    const review = reviews.find(({ id }) => id === reviewId);
    if (review !== undefined) return { environment, review };
  }
  return undefined;
}

// Two had a part in it: who triggered, and the second person who answered for it.
function notOnesOwn(
  config: Config,
  review: ReviewDue,
  story: readonly JournalRecord[],
  identity: ProvenIdentity,
): Problem[] {
  const triggered = story.map(({ actor, data: { ciActor } }) =>
    whoTriggers(config, { actor }, typeof ciActor === "string" ? ciActor : undefined),
  );
  const person = provenPerson(config.people, identity) ?? identity.subject;
  if (![personOf(config.people, review.by), ...triggered].includes(person)) return [];
  return [
    {
      code: "REVIEW_OWN",
      at: "--review",
      says: `${person} had a part in breaking the glass, and nobody reviews their own act`,
      hint: "let somebody else close it",
    },
  ];
}

function unknown(reviewId: string): Problem {
  return {
    code: "REVIEW_UNKNOWN",
    at: "--review",
    says: `no review ${reviewId} is due in any environment of this app`,
    hint: "`slipway status --env=<name>` shows those that are",
  };
}
