// What a gate is told and what it answers. Types only.

import type { Approval, ApprovalSubject, Hold } from "../acts/types.ts";
import type { EnvironmentPolicy } from "../config/policy-types.ts";
import type { KnownGood } from "../deployment/types.ts";
import type { Release } from "../release/types.ts";
import type { Instant } from "../time.ts";

/** In the order in which they are told. */
export const GATES = ["hold", "window", "rate-limit", "promotion", "approvals"] as const;

export type GateName = (typeof GATES)[number];

/** Why a gate is closed, and what opens it. */
export interface GateReason {
  /** Lower case, no full stop. */
  readonly says: string;
  /** Database time at which it opens by itself; undefined: only somebody's act opens it. */
  readonly opensAt: Instant | undefined;
  /** What a person does next: a command or a wait. */
  readonly action: string;
}

/** One gate's answer. It is open when there is no reason against it. */
export interface GateDecision {
  readonly gate: GateName;
  readonly reasons: readonly GateReason[];
  /** Which rule allowed it, or closed it, for the record: "mon-thu 09:00-15:00 America/New_York". */
  readonly rule: string;
}

/** A deployment that changed something, and when it did so first. */
export interface Mutation {
  readonly deploymentId: string;
  readonly at: Instant;
}

/** All that the gates decide on. Nothing in it is asked of this machine. */
export interface GateFacts {
  /** Database time. */
  readonly now: Instant;
  readonly policy: EnvironmentPolicy;
  readonly release: Release;
  readonly subject: ApprovalSubject;
  /** Undefined for a deployment that has not begun; a resumed one keeps what it has used already. */
  readonly deploymentId: string | undefined;
  /** Who triggers, and the release's author, as keys of `people`, or as the identity itself when nobody has it. */
  readonly triggeredBy: string;
  readonly author: string | undefined;
  /** Role → keys of `people`. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Deployments to this environment that changed something, newest first, for as long as the rate limit looks back. */
  readonly mutations: readonly Mutation[];
  /** The commits of the environment that must have had the release before, newest first. */
  readonly earlier: readonly KnownGood[];
  readonly holds: readonly Hold[];
  readonly approvals: readonly Approval[];
  /** Id of an approval → why its own signature does not bear it out. */
  readonly unproven?: Readonly<Record<string, string>>;
}
