import type { Approval, ApprovalSubject, Meaning } from "../core/acts/types.ts";
import { freeTextProblems } from "../core/acts/free-text.ts";
import { whoMaySign } from "../core/acts/who-may-sign.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Plan } from "../core/plan/types.ts";
import type { Instant } from "../core/time.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct, recordRefusal, refuseCall, type ActAnswer } from "./record-act.ts";

export interface ApproveRequest {
  readonly config: Config;
  /** The plan's. */
  readonly environment: EnvironmentConfig;
  readonly plan: Plan;
  readonly role: string;
  readonly meaning: Meaning;
  readonly reason: string;
}

export type GivenApproval = Omit<Approval, "at" | "expiresAt" | "revoked" | "usedBy"> & {
  /** Database times, RFC 3339, UTC; `expiresAt` milliseconds since 1970. */
  readonly at: string;
  readonly expiresAt: Instant;
};

/** Puts somebody's signature to a plan, when they may sign it. Throws `IDENTITY_…` and `LEDGER_…` (exit 11). */
export async function approve(
  request: ApproveRequest,
  ports: ActPorts,
): Promise<ActAnswer<{ readonly approval: GivenApproval }>> {
  const { config, environment, plan, role, meaning, reason } = request;
  const malformed = freeTextProblems("--reason", reason);
  if (malformed.length > 0) return refuseCall(...malformed);

  const subject: ApprovalSubject = {
    app: plan.app,
    env: plan.environment,
    releaseSha256: plan.release.sha256,
    planSha256: plan.fingerprint,
  };
  const statement = { act: "approve", id: ports.newId("a"), subject, role, meaning, reason } as const;
  const identity = await prove(environment, statement, ports);
  const [now, given] = await Promise.all([
    ports.gatekeeping.now(),
    ports.gatekeeping.approvals(subject.app, subject.env, subject.releaseSha256),
  ]);

  const author = plan.release.author;
  const facts = { config, environment, identity, role, meaning, subject, author, given, now };
  const decision = whoMaySign(facts);

  const act = { config, environment, statement, identity };
  if (decision.kind === "may-not") return recordRefusal(act, decision.problems, ports);
  const { person, printedName, validForSeconds } = decision;
  const approval = { id: statement.id, subject, role, person, printedName, meaning, reason, identity };
  const record = await recordAct(
    act,
    { validForSeconds, signed: plan },
    [{ kind: "approve", approval, validForSeconds }],
    ports,
  );
  const expiresAt = Date.parse(record.at) + validForSeconds * 1000;
  return { kind: "done", approval: { ...approval, at: record.at, expiresAt } };
}
