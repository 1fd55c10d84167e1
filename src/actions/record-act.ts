import { challengeOf, type ActStatement } from "../core/acts/challenge.ts";
import { provenPerson } from "../core/acts/person-of.ts";
import type { ProvenIdentity } from "../core/acts/types.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import type { JournalRecord, StateChange } from "../ports/journal.ts";
import type { ActPorts } from "./act-ports.ts";

/** An act, who does it, and where. */
export interface Act {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly statement: ActStatement;
  readonly identity: ProvenIdentity;
}

/** How an act ended, as its verb answers it. */
export type ActAnswer<Done> = (Done & { readonly kind: "done" }) | Refused;

export interface Refused {
  readonly kind: "refused";
  /** `usage`: the call is wrong and nothing is on record; `gateClosed`: somebody may not, and the record says so. */
  readonly exit: "usage" | "gateClosed";
  readonly problems: readonly Problem[];
}

/** Finds out who somebody is; with a key, they sign the statement. */
export function prove(
  environment: EnvironmentConfig,
  statement: ActStatement,
  ports: ActPorts,
): Promise<ProvenIdentity> {
  return ports.approverOf(environment).prove(challengeOf(statement, ports.canonicalize));
}

/** Writes the act and makes its change of state, both or neither. */
export function recordAct(
  act: Act,
  facts: Readonly<Record<string, unknown>>,
  changes: readonly StateChange[],
  ports: ActPorts,
): Promise<JournalRecord> {
  return append(act, "done", facts, changes, ports);
}

/** Writes that somebody tried and was refused: an auditor wants to know that too (21 CFR 11.10(g)). */
export async function recordRefusal(
  act: Act,
  problems: readonly Problem[],
  ports: ActPorts,
): Promise<Refused> {
  await append(act, "refused", { problems }, [], ports);
  return { kind: "refused", exit: "gateClosed", problems };
}

/** What is refused before anybody is asked who they are. */
export function refuseCall(...problems: readonly Problem[]): Refused {
  return { kind: "refused", exit: "usage", problems };
}

function append(
  { config, environment, statement, identity }: Act,
  outcome: "done" | "refused",
  facts: Readonly<Record<string, unknown>>,
  changes: readonly StateChange[],
  ports: ActPorts,
): Promise<JournalRecord> {
  const person = provenPerson(config.people, identity) ?? null;
  const printedName = person === null ? null : (config.people[person]?.name ?? null);
  return ports.journal.append(
    {
      type: "act",
      app: config.app,
      env: environment.name,
      deploymentId: statement.id,
      step: undefined,
      attempt: 1,
      phase: "outcome",
      outcome,
      fence: null,
      actor: identity.subject,
      data: { ...statement, person, printedName, identity, ...facts },
    },
    changes,
  );
}
