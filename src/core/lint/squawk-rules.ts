import type { Said } from "./security-rules.ts";
import type { LintText } from "./types.ts";

/** A warning of squawk, its line from 1. */
export interface SquawkWarning {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
  readonly help: string;
}

/** What Slipway sees to itself: time-outs are set for each session, a migration is undone as a whole, Postgres parses. */
const OURS = new Set([
  "syntax-error",
  "require-lock-timeout",
  "require-statement-timeout",
  "require-timeout-settings",
  "prefer-robust-stmts",
  "transaction-nesting",
  "ban-uncommitted-transaction",
  "ban-concurrent-index-creation-in-transaction",
]);

/** Matters of taste, and of tables that are not there yet. */
const TASTE =
  /^(prefer-|ban-char-field|require-enum|ban-create-domain|ban-alter-domain|ban-duplicate|adding-serial)/;

/** What takes something away that running code may use: right in a contract, and in a down. */
const TAKES_AWAY = /^(ban-drop-|renaming-|adding-required-field|changing-column-type|ban-truncate)/;

/** A warning of squawk as Slipway tells it; `undefined` where it does not apply. */
export function fromSquawk(
  warning: SquawkWarning,
  text: LintText,
): (Said & { readonly line: number }) | undefined {
  const { rule, line, message, help } = warning;
  if (OURS.has(rule)) return undefined;
  const takesAway = TAKES_AWAY.test(rule);
  if (takesAway && (text.direction === "down" || text.migration.up.header.phase === "contract"))
    return undefined;
  return {
    line,
    code: `LINT_${rule.replaceAll("-", "_").toUpperCase()}`,
    says: sentence(message),
    hint: takesAway
      ? "do it in a migration with: -- slipway: phase=contract, after no running code needs it"
      : sentence(help) || "see squawk's page about this rule",
    ...(TASTE.test(rule) && { severity: "warning" }),
  };
}

/** Squawk writes sentences; ours begin in lower case and have no full stop. */
function sentence(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  return /^[A-Z][a-z ]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}
