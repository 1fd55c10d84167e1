import { freeTextProblems } from "../core/acts/free-text.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import type { KnownGood } from "../core/deployment/types.ts";
import { whoTriggers } from "../core/deployment/who-triggers.ts";
import { chooseList } from "../core/emergency/choose-list.ts";
import { decideEmergency, type EmergencyDecision } from "../core/emergency/decide.ts";
import type { KnownGoodList } from "../core/emergency/known-good-list.ts";
import type { SecondPerson } from "../core/emergency/second-person.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { EmergencyJournals } from "../ports/emergency-journals.ts";
import type { Caller } from "../ports/identity.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { goBack } from "./go-back.ts";
import { GONE_LEDGER, type LedgerPort } from "./gone-ledger.ts";
import { identifyCaller } from "./identify-caller.ts";
import { reportOf } from "./report-of.ts";
import { newRun, type RunContext, type StopSignals } from "./run-context.ts";
import { sealEmergency } from "./seal-emergency.ts";

export interface EmergencyRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** Id of a known good release; undefined: the one that the second person signed for. */
  readonly to: string | undefined;
  readonly reason: string;
  readonly second: SecondPerson | undefined;
  readonly duringRollout: boolean;
}

/** What a rollback needs when there is no ledger. */
export type EmergencyPorts = Omit<DeploymentPorts, LedgerPort | "journal"> & {
  readonly journals: EmergencyJournals;
  /** Why the ledger cannot be asked; undefined when it answers. Throws when it answers and refuses. */
  readonly whyGone: () => Promise<Problem | undefined>;
};

/** The report of a rollback, and the journal that holds what the ledger could not. */
export type EmergencyReport = DeploymentReport & { readonly journal: string };

type Go = Extract<EmergencyDecision, { kind: "go" }>;

/**
 * Returns an environment to a known good release while the ledger is gone: the rollback's own machine, what it may know
 * read from the anchors, what it does written to a signed file. There is no lease. Throws before anything moves:
 * `LEDGER_ANSWERS` (exit 2), `KNOWN_GOOD_UNKNOWN`, `ROLLBACK_…` (exit 11), `EMERGENCY_…` (exit 10), `ROLLOUT_UNDER_WAY`
 * (exit 30).
 */
export async function emergencyRollback(
  request: EmergencyRequest,
  ports: EmergencyPorts,
  signals: StopSignals,
): Promise<EmergencyReport> {
  const { config, environment, reason, second } = request;
  const malformed = freeTextProblems("--reason", reason);
  if (malformed.length > 0) throw new SlipwayError(malformed, "usage");
  const gone = await ports.whyGone();
  if (gone === undefined) throw ledgerAnswers(environment.name);
  const list = await knownGoods(request, ports);
  const journal = ports.journals.begin(environment.name);
  const context = newRun(request, {
    ...ports,
    ...GONE_LEDGER,
    journal: writeOnly(journal.append.bind(journal)),
  });
  const caller = await identifyCaller(environment, false, context.steps, context.ports, signals.stop);
  const services = await observeServices(context);
  const triggeredBy = whoTriggers(config, caller, ports.origin.actor);
  const now = caller.platformTime ?? ports.clock.now();

  const decision = decideEmergency({ ...request, list, services, triggeredBy, now }, ports.proofTools);
  if (decision.kind === "refused") throw new SlipwayError(decision.problems, decision.exit);

  ports.reporter.note(
    `the ledger is gone (${gone.says}): no lease, so nobody is kept from changing ${environment.name} now`,
  );
  ports.reporter.note(`the journal is ${journal.file}`);
  const { target, current } = decision;
  const base = list.releases.at(-1) ?? current;
  const facts = {
    ...factsOf(decision, caller, context),
    reason,
    second,
    gone,
    base: base.deploymentId,
    log: list.log,
  };
  const deploymentId = await open(target, caller, facts, context);
  const end = await goBack(target, current, false, context, signals);
  const sealed = await sealEmergency(end, { list, target, deploymentId, journal, now }, context);
  return { ...reportOf("rollback", target.release, current, sealed, context), journal: journal.file };
}

async function knownGoods(
  { config, environment }: EmergencyRequest,
  { knownGood, reporter }: EmergencyPorts,
): Promise<KnownGoodList> {
  const chosen = chooseList(await knownGood.read(config.app, environment.name));
  if (chosen.kind === "none") throw new SlipwayError(chosen.problem, "verifyFailed");
  for (const says of chosen.told) reporter.note(says);
  reporter.note(`known good releases as ${chosen.place} keeps them`);
  return chosen.list;
}

async function observeServices({ plans, ports }: RunContext) {
  const entries = await Promise.all(
    plans.map(
      async ({ component, service }) => [component, await ports.containers.observe(service)] as const,
    ),
  );
  return Object.fromEntries(entries);
}

/** Writes the record that opens the journal: everything that a later merge has to know. */
async function open(
  { release }: KnownGood,
  caller: Caller,
  emergency: Readonly<Record<string, unknown>>,
  { config, environment, ports, steps }: RunContext,
): Promise<string> {
  const deploymentId = ports.newId();
  await steps.begin(
    // No lease was taken, so there is no fence; the ledger's own begin at 1.
    { app: config.app, env: environment.name, deploymentId, attempt: 1, fence: 0, actor: caller.actor },
    [{ kind: "begin", purpose: "rollback", release }],
    { emergency: { ...emergency, reviewId: `r-${deploymentId}` } },
  );
  return deploymentId;
}

function factsOf(
  { target, current, person, printedName, role }: Go,
  { account, region }: Caller,
  { config, ports }: RunContext,
): Readonly<Record<string, unknown>> {
  const { host, link, actor, tool } = ports.origin;
  return {
    answeredBy: person,
    printedName,
    role,
    from: current.release.id,
    to: target.release.id,
    account,
    region,
    host,
    runLink: link ?? null,
    ciActor: actor ?? null,
    tool,
    configSha256: ports.fingerprintOf(config),
  };
}

/** A journal to which one only writes. */
function writeOnly(append: DeploymentPorts["journal"]["append"]): DeploymentPorts["journal"] {
  return { append, records: () => Promise.resolve([]) };
}

function ledgerAnswers(env: string): SlipwayError {
  return new SlipwayError(
    {
      code: "LEDGER_ANSWERS",
      at: "--break-glass",
      says: "the ledger answers; breaking the glass is for the day it is gone",
      hint: `slipway rollback --env=${env}, which asks no gate either`,
    },
    "usage",
  );
}
