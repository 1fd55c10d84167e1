import type { Problem } from "../core/errors.ts";
import type { SquawkWarning } from "../core/lint/squawk-rules.ts";
import type { LintFacts, LintText } from "../core/lint/types.ts";
import type { JudgedWaiver } from "../core/migration/judge-waivers.ts";

export interface LintSource {
  /** Both directions of each migration, in their order. */
  readonly texts: readonly LintText[];
  readonly facts: LintFacts;
  readonly waivers: readonly JudgedWaiver[];
  /** What keeps a file from being looked at: it cannot be parsed, or is no migration. */
  readonly problems: readonly Problem[];
}

export type SquawkAnswer =
  | {
      readonly kind: "ran";
      /** One list for each text, in their order. */
      readonly warnings: readonly (readonly SquawkWarning[])[];
    }
  /** It is not installed here. */
  | { readonly kind: "missing"; readonly says: string };

/** What linting needs of the outside. */
export interface Linting {
  load(): Promise<LintSource>;
  /** Lints all texts at once, for a major version of the server. */
  squawk(texts: readonly LintText[], major: number | undefined): Promise<SquawkAnswer>;
}
