// What goes between `call` and the process that runs the module. Plain data.

import type { Plan } from "../words/plan.ts";

export interface ChildRequest {
  /** The module's main class. */
  readonly main: string;
  readonly session: { readonly port: number; readonly token: string };
  readonly plan: Plan;
}

/** How a call failed. The fields of a failed command are there when a command failed. */
export interface CallFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cmd?: readonly string[];
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export type ChildAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "failed"; readonly failure: CallFailure };
