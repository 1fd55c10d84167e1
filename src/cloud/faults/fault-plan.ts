import { SlipwayError } from "../../core/errors.ts";

/**
 * Faults on demand, for whoever wants to see what a deployment does when AWS fails.
 *
 * `POST /_slipway/faults` on the daemon's door (`x-slipway-token`) with `{rules: [{service, operation, nth, fault}]}`
 * replaces the rules and answers them; in this process it is `cloud.faults.replace(rules)`. A service has the name that
 * its signature has (`ecs`, `ecr`, `elasticloadbalancing`, `rds`, `secretsmanager`, `sts`, `s3`); `*` stands for every one, and
 * for every operation. `nth` counts the calls that fit from 1 on, since the rules were set; a rule strikes once.
 */
export const CLOUD_FAULTS = [
  /** Refused, to be asked again. Nothing happened. */
  "throttle",
  /** An answer with status 500. Nothing happened. */
  "error",
  /** The connection is cut. Nothing happened. */
  "reset-before",
  /** It happened, and the connection is cut before the answer. */
  "reset-after",
  /** It happened, and no answer ever comes. */
  "time-out-after",
  /** The answer that the same question had before; a change is made and answered as always. */
  "stale-read",
  /** The session's credentials are past their time. Nothing happened. */
  "expired-credentials",
] as const;

export type CloudFault = (typeof CLOUD_FAULTS)[number];

export interface FaultRule {
  readonly service: string;
  readonly operation: string;
  /** Which call that fits is struck, from 1. */
  readonly nth: number;
  readonly fault: CloudFault;
}

export interface FaultState extends FaultRule {
  /** Calls that have fitted so far. */
  readonly seen: number;
}

/** The rules that are set, and how often each has been met. */
export class FaultPlan {
  #rules: { readonly rule: FaultRule; seen: number }[] = [];

  /** Takes the place of all rules; counting begins anew. */
  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, seen: 0 }));
  }

  state(): readonly FaultState[] {
    return this.#rules.map(({ rule, seen }) => ({ ...rule, seen }));
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** Counts a call and answers what strikes it; of several rules the first. */
  next(service: string, operation: string): CloudFault | undefined {
    const fitting = this.#rules.filter(
      ({ rule }) => fits(rule.service, service) && fits(rule.operation, operation),
    );
    for (const one of fitting) one.seen++;
    return fitting.find(({ rule, seen }) => rule.nth === seen)?.rule.fault;
  }
}

function fits(wanted: string, name: string): boolean {
  return wanted === "*" || wanted === name;
}

/** Rules as they came over the wire. Throws FAULT_RULE_INVALID (exit 2). */
export function readFaultRules(value: unknown): readonly FaultRule[] {
  const rules = isRecord(value) ? value["rules"] : undefined;
  if (!Array.isArray(rules)) throw invalid("rules", value);
  return rules.map((rule: unknown, index) => {
    const at = `rules/${index}`;
    if (!isRecord(rule)) throw invalid(at, rule);
    const { service, operation, nth } = rule;
    const fault = CLOUD_FAULTS.find((one) => one === rule["fault"]);
    if (fault === undefined) throw invalid(`${at}/fault`, rule["fault"]);
    if (typeof service !== "string") throw invalid(`${at}/service`, service);
    if (typeof operation !== "string") throw invalid(`${at}/operation`, operation);
    if (typeof nth !== "number" || !Number.isInteger(nth) || nth < 1) throw invalid(`${at}/nth`, nth);
    return { service, operation, nth, fault };
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(at: string, value: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "FAULT_RULE_INVALID",
      at,
      says: `cannot be ${JSON.stringify(value)?.slice(0, 60) ?? "left out"}`,
      hint: `{"rules": [{"service": "ecs", "operation": "UpdateService", "nth": 1, "fault": "${CLOUD_FAULTS.join("|")}"}]}`,
    },
    "usage",
  );
}
