/** One clause, what answers it, and what shows that it does. */
export interface Requirement {
  readonly clause: string;
  /** What it asks for, in our words. */
  readonly asks: string;
  /** What Slipway does about it. */
  readonly slipway: string;
  /** What is left to the organisation that uses it. */
  readonly yours: string;
  /** Test file → titles as they stand there, groups and all, ` › ` between. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
  /** What an auditor is shown: a record, a file of the evidence, a command. */
  readonly evidence: readonly string[];
  /** Why no test answers the clause: it is the organisation's alone. */
  readonly onlyYours?: string;
}
