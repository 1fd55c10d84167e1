import { didYouMean } from "../did-you-mean.ts";
import type { Problem } from "../errors.ts";
import type { MigrationHeader, RowCount } from "./types.ts";

/** A file that says nothing about itself. */
export const PLAIN_HEADER: MigrationHeader = {
  inTransaction: true,
  phase: undefined,
  contracts: undefined,
  afterDays: undefined,
  expectRows: undefined,
  keepsRows: [],
  statementTimeoutSeconds: undefined,
};

const DIRECTIVES = [
  "no-transaction",
  "phase",
  "contracts",
  "after-days",
  "expect-rows",
  "keeps-rows",
  "statement-timeout",
] as const;
type Directive = (typeof DIRECTIVES)[number];

const NAME = String.raw`(?:[A-Za-z_][A-Za-z0-9_$]*|"[^",+]+")`;
const TABLE = `${NAME}\\.${NAME}`;

const FORM: Readonly<Record<Directive, readonly [pattern: RegExp, example: string]>> = {
  "no-transaction": [/^$/, "no-transaction"],
  phase: [/^(expand|contract)$/, "phase=expand"],
  contracts: [/^[A-Za-z0-9_-]+$/, "contracts=0004_add_status"],
  "after-days": [/^\d{1,4}$/, "after-days=7"],
  "expect-rows": [/^\d{1,12}(\.\.(\d{1,12})?)?$/, "expect-rows=1.."],
  "keeps-rows": [new RegExp(`^${TABLE}(\\+${TABLE})*$`), "keeps-rows=app.entries+app.patients"],
  "statement-timeout": [/^\d{1,6}s$/, "statement-timeout=900s"],
};

const LINE = /^--\s*slipway:(.*)$/;

/**
 * Reads the comments `-- slipway: directive, directive=value` that stand before the first statement. A directive that
 * would be overlooked, because it is unknown or stands further down, is a problem.
 */
export function parseHeader(
  at: string,
  sql: string,
): { readonly header: MigrationHeader; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values = new Map<Directive, string>();
  let before = true;

  for (const [index, raw] of sql.split("\n").entries()) {
    const line = raw.trim();
    if (line !== "" && !line.startsWith("--")) before = false;
    const [, words] = LINE.exec(line) ?? [];
    if (words === undefined) continue;
    const where = `${at}:${index + 1}`;
    if (!before) problems.push(late(where));
    else for (const word of words.split(",")) take(word.trim(), where, values, problems);
  }
  const header = headerOf(values);
  if (header.keepsRows.length > 0 && !header.inTransaction) problems.push(keepsOutside(at));
  return { header, problems };
}

function take(word: string, at: string, values: Map<Directive, string>, problems: Problem[]): void {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? "" : word.slice(equals + 1);
  const known = DIRECTIVES.find((directive) => directive === name);
  if (known === undefined) {
    const meant = didYouMean(name, DIRECTIVES);
    problems.push({
      code: "MIGRATION_HEADER",
      at,
      says: `has an unknown directive "${name}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      hint: `known: ${DIRECTIVES.join(", ")}`,
    });
  } else if (!FORM[known][0].test(value) || values.has(known)) {
    problems.push({
      code: "MIGRATION_HEADER",
      at,
      says: values.has(known) ? `says ${known} twice` : `has "${word}", which is not how ${known} is written`,
      hint: `write it once, like: -- slipway: ${FORM[known][1]}`,
    });
  } else values.set(known, value);
}

function late(at: string): Problem {
  return {
    code: "MIGRATION_HEADER",
    at,
    says: "has a comment for Slipway after the first statement, where it means nothing",
    hint: "move it to the top of the file, or of its part",
  };
}

/** What runs outside of a transaction cannot hold a table still, so nobody could say who changed its rows. */
export function keepsOutside(at: string): Problem {
  return {
    code: "MIGRATION_HEADER",
    at,
    says: "keeps the rows of tables and runs outside of a transaction, where they do not stand still",
    hint: "leave keeps-rows out, and put a query into checks/*.invariant.sql",
  };
}

function headerOf(values: ReadonlyMap<Directive, string>): MigrationHeader {
  const phase = values.get("phase");
  return {
    inTransaction: !values.has("no-transaction"),
    phase: phase === "expand" || phase === "contract" ? phase : undefined,
    contracts: values.get("contracts"),
    afterDays: numberOf(values.get("after-days")),
    expectRows: rowCount(values.get("expect-rows")),
    keepsRows: values.get("keeps-rows")?.split("+") ?? [],
    statementTimeoutSeconds: numberOf(values.get("statement-timeout")?.slice(0, -1)),
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function rowCount(text: string | undefined): RowCount | undefined {
  if (text === undefined) return undefined;
  const [least = "0", most] = text.split("..");
  return { least: Number(least), most: text.includes("..") ? numberOf(most || undefined) : Number(least) };
}
