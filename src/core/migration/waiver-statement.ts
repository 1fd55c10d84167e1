import type { ActStatement } from "../acts/challenge.ts";
import type { Waiver, WaiverSignature } from "./waiver.ts";

/** The texts of a migration that a waiver is for, as `Migration` has them. */
export type WaivedTexts = Pick<WaiverSignature, "upSha256" | "downSha256" | "renderedSha256">;

/** What the owner of a waiver puts their name to: every word of it, the app and the migration's texts. */
export function waiverStatement(
  app: string,
  { rule, at, owner, reason, expires, restorePlan }: Waiver,
  { id, upSha256, downSha256, renderedSha256 }: WaivedTexts & { readonly id: string },
): ActStatement {
  const texts = { upSha256, downSha256, renderedSha256 };
  return {
    act: "waive",
    id,
    app,
    rule,
    at,
    owner,
    reason,
    expires,
    restorePlan: restorePlan ?? null,
    ...texts,
  };
}
