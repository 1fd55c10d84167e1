import type { Approver } from "./approver.ts";

/** A person's own key, whose signatures can be checked again at any time. */
export interface PersonKey extends Approver {
  /** `local:<hex SHA-256 of the public key>`; signs nothing. Throws `IDENTITY_…` (exit 11). */
  identity(): Promise<string>;
}
