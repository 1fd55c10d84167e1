import { freeTextProblems } from "../core/acts/free-text.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import {
  EMERGENCY_HOURS,
  emergencyChallenge,
  whoMayAnswer,
  type EmergencyStatement,
  type SecondPerson,
} from "../core/emergency/second-person.ts";
import type { Problem } from "../core/errors.ts";
import type { Approver } from "../ports/approver.ts";
import type { Clock } from "../ports/clock.ts";
import { refuseCall, type ActAnswer } from "./record-act.ts";

export interface ApproveEmergencyRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** Id of the release to go back to. */
  readonly release: string;
  readonly reason: string;
}

export interface ApproveEmergencyPorts {
  /** Signs with a key of its own: nothing that could be gone is asked. */
  readonly approver: Approver;
  readonly clock: Pick<Clock, "now">;
  /** RFC 8785. */
  readonly canonicalize: (value: unknown) => string;
  readonly newId: () => string;
}

/** A statement that lets somebody else roll back without the ledger, for a few hours. Nothing is recorded until then. */
export async function approveEmergency(
  { config, environment, release, reason }: ApproveEmergencyRequest,
  ports: ApproveEmergencyPorts,
): Promise<ActAnswer<{ readonly second: SecondPerson; readonly printedName: string }>> {
  const malformed = [...freeTextProblems("--reason", reason), ...noRelease(release)];
  if (malformed.length > 0) return refuseCall(...malformed);

  const now = ports.clock.now();
  const statement: EmergencyStatement = {
    act: "break-glass-rollback",
    id: ports.newId(),
    app: config.app,
    env: environment.name,
    release,
    reason,
    signedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + EMERGENCY_HOURS * 3_600_000).toISOString(),
  };
  const { subject, proof } = await ports.approver.prove(emergencyChallenge(statement, ports.canonicalize));
  if (proof === undefined) throw new Error("a key of its own signs nothing");

  const who = whoMayAnswer(subject, { config, environment, triggeredBy: undefined });
  if (who.kind === "refused") return { kind: "refused", exit: "gateClosed", problems: who.problems };
  return {
    kind: "done",
    second: { schema: 1, statement, identity: subject, proof },
    printedName: who.printedName,
  };
}

function noRelease(release: string): Problem[] {
  if (/^[!-~]{1,200}$/.test(release)) return [];
  const says = `is no release's id: ${JSON.stringify(release.slice(0, 60))}`;
  return [{ code: "ACT_TEXT", at: "--to", says, hint: "the refused rollback has printed it" }];
}
