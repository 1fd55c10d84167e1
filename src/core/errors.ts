// What can go wrong, in one shape. Expected outcomes are returned; a SlipwayError is thrown only for faults.

/** Exit codes of the CLI. One table, printed by `slipway help exit-codes`. */
export const EXIT_CODES = {
  done: { code: 0, says: "done, or nothing to do" },
  usage: { code: 2, says: "the call or the config is wrong; nothing was changed" },
  gateClosed: { code: 10, says: "a gate is closed; nothing was changed" },
  verifyFailed: {
    code: 11,
    says: "something the deployment needs is missing or differs; nothing was changed",
  },
  checksFailed: { code: 12, says: "a check failed" },
  rolledBack: { code: 20, says: "the deployment failed and was rolled back" },
  rollbackFailed: { code: 21, says: "the deployment failed and so did the rollback: look now" },
  leaseHeld: { code: 30, says: "another deployment holds the environment" },
  interrupted: { code: 40, says: "interrupted; run the same command again to resume" },
  outcomeUnknown: { code: 41, says: "the outcome could not be determined" },
  ledgerNotIntact: { code: 50, says: "the ledger is not intact" },
  bug: { code: 70, says: "a fault in Slipway itself" },
} as const;

export type ExitKind = keyof typeof EXIT_CODES;

/** One thing that is wrong: where, what, and what next. */
export interface Problem {
  /** Stable name, SCREAMING_SNAKE_CASE. */
  readonly code: string;
  /** Where: a config path, a file, a flag, a system. */
  readonly at: string;
  /** Lower case, no full stop, shows the offending value. */
  readonly says: string;
  /** A command or an edit. */
  readonly hint: string;
}

/** A fault that ends the run: one or more problems and the exit code they lead to. */
export class SlipwayError extends Error {
  override readonly name = "SlipwayError";
  readonly problems: readonly Problem[];
  readonly exit: ExitKind;

  constructor(problems: Problem | readonly Problem[], exit: ExitKind, options?: { cause?: unknown }) {
    const list = isList(problems) ? problems : [problems];
    super(list.map(sentence).join("\n"), options);
    this.problems = list;
    this.exit = exit;
  }
}

/** `at: says (hint)`, the form in which a problem appears in a line of text. */
export function sentence(problem: Problem): string {
  const what = problem.at === "" ? problem.says : `${problem.at}: ${problem.says}`;
  return problem.hint === "" ? what : `${what} (${problem.hint})`;
}

function isList(problems: Problem | readonly Problem[]): problems is readonly Problem[] {
  return Array.isArray(problems);
}
