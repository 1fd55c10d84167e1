/** A click in a CI's own approval page. It is kept for the record and never counted. */
export interface ForeignApproval {
  readonly state: "approved" | "rejected" | "pending";
  readonly environments: readonly string[];
  readonly comment: string;
  /** Unique and never given to another: `github:583231`. */
  readonly by: string;
  readonly shownName: string;
}

/** What people clicked in a run of the CI. */
export interface RunApprovals {
  /**
   * In the CI's order. Throws `RUN_UNKNOWN` (exit 2) when there is no such run, `GITHUB_…` (exit 11) otherwise.
   *
   * @param run `<owner>/<repository>/<run id>`
   */
  of(run: string): Promise<readonly ForeignApproval[]>;
}
