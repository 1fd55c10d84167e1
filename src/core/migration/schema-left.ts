import type { Problem } from "../errors.ts";

const CODE = "SCHEMA_NOT_AS_IT_WAS";
const SHOWN = 6;

/** What somebody has to know who finds a schema that no run of migrations could bring back. */
export interface SchemaLeft {
  /** File of the migration that failed; empty where all ran and the checks found something. */
  readonly at: string;
  /** Names of what differs from the schema before. */
  readonly changes: readonly string[];
  /** Why it is not undone by itself, or what became of the attempt. */
  readonly because: readonly string[];
  /** What restores the backup of this run; undefined: it has none. */
  readonly restore: string | undefined;
}

/** A run has failed and the schema is not what it was before: the deployment stops, and a person must act. */
export function schemaLeft({ at, changes, because, restore }: SchemaLeft): Problem {
  const more = changes.length > SHOWN ? ` and ${changes.length - SHOWN} more` : "";
  const what = changes.length === 0 ? "" : ` (${changes.slice(0, SHOWN).join(", ")}${more})`;
  const isDataOnly = at === "" && changes.length === 0;
  const wrong = isDataOnly ? "the data is not sound" : `the schema is not as it was before${what}`;
  const page = 'docs/runbooks/roll-back-or-forward.md, "The schema is not as it was"';
  const hint =
    restore === undefined
      ? `mend it by hand; this run has taken no backup, and this page says what then: ${page}`
      : `mend it by hand, or restore the backup of this run beside it: ${restore}; ${page}`;
  return {
    code: CODE,
    at: at === "" ? "database" : at,
    says: `${wrong}, and a person must act: ${because.join("; ")}`,
    hint,
  };
}

/** Whether a run has ended with a schema that nobody could bring back. */
export function isSchemaLeft(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === CODE);
}
