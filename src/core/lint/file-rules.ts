import { at } from "./node.ts";
import type { Said } from "./security-rules.ts";
import type { LintText } from "./types.ts";

export type Placed = Said & { readonly line: number };

/** What only a whole file shows. */
export function fileRules(text: LintText): readonly Placed[] {
  return [...emptyDown(text), ...enumValues(text), ...phase(text)];
}

function emptyDown({ direction, statements, migration }: LintText): Placed[] {
  // What Postgres did not take has no statements, and is told by itself.
  if (direction === "up" || migration.irreversible || statements.length === 0) return [];
  if (statements.some(({ kind }) => kind !== "SelectStmt")) return [];
  return [
    {
      line: statements[0]?.line ?? 1,
      code: "LINT_DOWN_DOES_NOTHING",
      says: "only selects, and undoes nothing",
      hint: "write the statements that undo the up, or waive a missing down with a plan for restoring",
    },
  ];
}

/** Postgres answers 55P04: a new value can be used only after the transaction that added it. */
function enumValues({ statements, migration, direction }: LintText): Placed[] {
  if (!migration[direction].header.inTransaction) return [];
  return statements.flatMap((statement, index) => {
    const value = statement.kind === "AlterEnumStmt" ? at(statement.node, "newVal") : undefined;
    if (typeof value !== "string" || at(statement.node, "oldVal") !== undefined) return [];
    const used = statements.slice(index + 1).find(({ text }) => text.includes(`'${value}'`));
    if (used === undefined) return [];
    return [
      {
        line: used.line,
        code: "LINT_ENUM_VALUE_USED",
        says: `uses the value '${value}' in the transaction that adds it, which Postgres refuses`,
        hint: "use it in the next migration",
      },
    ];
  });
}

function phase({ migration, direction }: LintText): Placed[] {
  const { phase: which, contracts } = migration.up.header;
  if (direction === "down" || which !== "contract" || contracts !== undefined) return [];
  return [
    {
      line: 1,
      code: "LINT_CONTRACT_WITHOUT_EXPAND",
      says: "contracts and does not say what expanded before",
      hint: "write: -- slipway: phase=contract, contracts=<id of the migration that expanded>",
    },
  ];
}
