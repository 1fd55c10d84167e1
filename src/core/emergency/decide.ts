import { contractsUnknownTo, crossesContract } from "../deployment/contract-crossing.ts";
import { driftedComponents } from "../deployment/plan.ts";
import { rollbackTarget } from "../deployment/rollback-target.ts";
import type { ObservedService } from "../deployment/service.ts";
import type { KnownGood } from "../deployment/types.ts";
import type { ExitKind, Problem } from "../errors.ts";
import type { ProofTools } from "../acts/check-proof.ts";
import type { KnownGoodList } from "./known-good-list.ts";
import { judgeSecond, type SecondFacts, type SecondPerson } from "./second-person.ts";

/** All that decides whether an environment is rolled back without its ledger. */
export interface EmergencyFacts extends SecondFacts {
  readonly list: KnownGoodList;
  readonly services: Readonly<Record<string, ObservedService | undefined>>;
  /** Id of the release to go back to; undefined: what the second person signed for, else the one before the current. */
  readonly to: string | undefined;
  readonly reason: string;
  readonly second: SecondPerson | undefined;
  /** Somebody has looked, and wants it though the platform is replacing tasks. */
  readonly duringRollout: boolean;
}

export type EmergencyDecision =
  | {
      readonly kind: "go";
      readonly target: KnownGood;
      readonly current: KnownGood;
      readonly person: string;
      readonly printedName: string;
      readonly role: string;
    }
  | { readonly kind: "refused"; readonly exit: ExitKind; readonly problems: readonly Problem[] };

const SHORTEST_REASON = 10;

/** May it be done, and where does it lead? Every reason against it at once; the first one's exit code. */
export function decideEmergency(facts: EmergencyFacts, tools: ProofTools): EmergencyDecision {
  const { list, services, second, environment } = facts;
  const lastKnownGood = list.releases.at(-1);
  const drifted = driftedComponents({ services, lastKnownGood }).length > 0;
  const to = facts.to ?? second?.statement.release;
  const choice = rollbackTarget(list.releases, { to, drifted });
  if (choice.kind === "none") return { kind: "refused", exit: "verifyFailed", problems: [choice.problem] };
  const { target, current } = choice;

  const crossed = crossesContract(target.release, contractsUnknownTo(target.release, list.contracts));
  const judged = second === undefined ? undefined : judgeSecond(second, facts, tools);
  const answers = [
    ...reasonFaults(facts.reason),
    ...otherRelease(target, second),
    ...(judged?.kind === "refused" ? judged.problems : []),
    ...(judged === undefined ? [nobodyAnswers(target, environment.name)] : []),
  ];
  const moving = facts.duringRollout ? [] : rolloutsUnderWay(services, target);
  const problems = [...crossed, ...answers, ...moving];
  if (judged?.kind === "counts" && problems.length === 0) return { ...judged, kind: "go", target, current };
  const exit = crossed.length > 0 ? "verifyFailed" : answers.length > 0 ? "gateClosed" : "leaseHeld";
  return { kind: "refused", exit, problems };
}

function reasonFaults(reason: string): Problem[] {
  const { length } = reason.trim();
  if (length >= SHORTEST_REASON) return [];
  return [
    {
      code: "EMERGENCY_REASON",
      at: "--reason",
      says: `the reason for breaking the glass is ${length} characters long: "${reason.trim()}"`,
      hint: `write what is wrong, in ${SHORTEST_REASON} characters or more`,
    },
  ];
}

function otherRelease({ release }: KnownGood, second: SecondPerson | undefined): Problem[] {
  if (second === undefined || second.statement.release === release.id) return [];
  return [
    {
      code: "EMERGENCY_SECOND_REFUSED",
      at: "--second",
      says: `is for ${second.statement.release}, not for ${release.id}`,
      hint: "leave --to out, or let them sign for the other release",
    },
  ];
}

function nobodyAnswers({ release }: KnownGood, env: string): Problem {
  return {
    code: "EMERGENCY_SECOND_MISSING",
    at: "--second",
    says: `no second person answers for going back to ${release.version} (${release.id}) without the ledger`,
    hint:
      `they run: slipway approve-emergency --env=${env} --to=${release.id} --person=<name> --reason=<why> ` +
      `--out=second.json; then give --second=second.json`,
  };
}

// One that leads to the target already is an earlier attempt at the same, and is joined.
function rolloutsUnderWay(services: EmergencyFacts["services"], target: KnownGood): Problem[] {
  return Object.entries(services)
    .filter(([component, service]) => {
      const isOurs = service?.revision === target.revisions[component];
      return service?.underWay !== undefined && !isOurs;
    })
    .map(([component, service]) => ({
      code: "ROLLOUT_UNDER_WAY",
      at: component,
      says: `the platform is replacing its tasks with ${service?.revision ?? ""}: somebody may be deploying`,
      hint: "ask them; wait for its end, or give --during-rollout when nobody is",
    }));
}
