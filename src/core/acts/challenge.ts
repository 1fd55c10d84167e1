import type { ApprovalSubject, Meaning } from "./types.ts";

/** What somebody does, as they put their name to it. The id is new each time, so no signature fits a second act. */
export type ActStatement = {
  /** The act's id: `a-<uuid>`, `h-<uuid>`, … */
  readonly id: string;
  readonly reason: string;
} & (
  | {
      readonly act: "approve";
      readonly subject: ApprovalSubject;
      readonly role: string;
      readonly meaning: Meaning;
    }
  | {
      readonly act: "revoke" | "hold" | "release-hold" | "unlock" | "close-review" | "import-approvals";
      readonly app: string;
      readonly env: string;
      /** The approval, hold, fence, review or run that it is about. */
      readonly target: string;
    }
  | {
      readonly act: "waive";
      readonly app: string;
      readonly rule: string;
      readonly at: string;
      readonly owner: string;
      readonly expires: string;
      readonly restorePlan: string | null;
      /** The texts that are let through: hex SHA-256. */
      readonly upSha256: string;
      readonly downSha256: string;
      readonly renderedSha256: string;
    }
);

// So that a signature made for something else can never be shown as one of ours.
const CONTEXT = "slipway act, form 1";

/** The text that is signed (21 CFR 11.70: bound to this very record). `canonicalize`: RFC 8785. */
export function challengeOf(statement: ActStatement, canonicalize: (value: unknown) => string): string {
  return `${CONTEXT}\n${canonicalize(statement)}`;
}
