/** How one smoke check ended. */
export interface SmokeResult {
  readonly name: string;
  readonly component: string;
  readonly request: string;
  readonly passed: boolean;
  /** Of the last request. */
  readonly milliseconds: number;
  /** How often it was asked. */
  readonly asked: number;
  /** What was wrong with the last answer. */
  readonly faults: readonly string[];
}
