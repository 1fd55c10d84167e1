import type { RlsConfig } from "../config/database-types.ts";
import { EXIT_CODES, type Problem } from "../errors.ts";
import { isNamed, judgeCatalog } from "./judge-catalog.ts";
import { mutationScore } from "./mutants.ts";
import { probeProblems } from "./probe-problems.ts";
import type { MutantResult, RlsCatalog, RlsFindings } from "./types.ts";

/** The answer of `migrate rls`. */
export interface RlsReport {
  readonly outcome: "isolated" | "open";
  readonly app: string;
  /** Null: a database by its URL, or one made for this. */
  readonly environment: string | null;
  readonly tables: readonly string[];
  readonly exempt: Readonly<Record<string, string>>;
  readonly probes: number;
  /** What was not probed, and why. */
  readonly unprobed: RlsFindings["unprobed"];
  /** Null: no mistakes were planted. */
  readonly mutation: {
    readonly planted: number;
    readonly noticed: number;
    readonly score: number;
    readonly threshold: number;
    readonly survived: readonly MutantResult[];
  } | null;
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Judges what was found. Where mistakes were planted, a tenant table that was not probed is a problem as well. */
export function rlsReport(
  subject: { readonly app: string; readonly environment: string | null },
  config: RlsConfig,
  findings: RlsFindings,
): RlsReport {
  const { catalog, probes, unprobed, mutants } = findings;
  const mutation = mutants === undefined ? null : mutationOf(mutants, config.mutationScore);
  const problems = [
    ...judgeCatalog(catalog, config),
    ...(catalog.app.exists && catalog.tables.length === 0 ? [noTables(config)] : []),
    ...probeProblems(probes, config),
    ...(mutation === null ? [] : unprobed.map(notProbed)),
    ...(mutation === null ? [] : tooFewNoticed(mutation)),
    ...unknownNames(catalog, config),
  ];
  return {
    outcome: problems.length === 0 ? "isolated" : "open",
    ...subject,
    tables: catalog.tables.map(({ name }) => name),
    exempt: config.exempt,
    probes: probes.length,
    unprobed,
    mutation,
    problems,
    exitCode: EXIT_CODES[problems.length === 0 ? "done" : "checksFailed"].code,
  };
}

function mutationOf(mutants: readonly MutantResult[], threshold: number): NonNullable<RlsReport["mutation"]> {
  const survived = mutants.filter(({ noticed }) => !noticed);
  return {
    planted: mutants.length,
    noticed: mutants.length - survived.length,
    score: mutationScore(mutants),
    threshold,
    survived,
  };
}

function notProbed({ table, because }: RlsFindings["unprobed"][number]): Problem {
  return {
    code: "RLS_NOT_PROBED",
    at: table,
    says: `could not be probed: ${because}`,
    hint: "give it rows of two tenants in seeds/rehearsal, or list it in database.rls.exempt with the reason",
  };
}

function tooFewNoticed({ score, threshold, survived }: NonNullable<RlsReport["mutation"]>): Problem[] {
  if (score >= threshold) return [];
  return [
    {
      code: "RLS_MUTATION_SCORE",
      at: "database/rls/mutationScore",
      says: `the probes noticed ${score} % of the planted mistakes, less than ${threshold} %; not noticed: ${survived.map(describeMutant).join(", ")}`,
      hint: "give the tables rows of two tenants, and policies that each refuse something",
    },
  ];
}

function describeMutant({ kind, table, policy }: MutantResult): string {
  return [kind, table, policy].filter((word) => word).join(" ");
}

function noTables(config: RlsConfig): Problem {
  return {
    code: "RLS_NO_TABLES",
    at: "database/rls/tenantColumn",
    says: `no table has a column "${config.tenantColumn}"`,
    hint: "name the column that holds the tenant",
  };
}

function unknownNames({ tables, app }: RlsCatalog, config: RlsConfig): Problem[] {
  if (!app.exists) return [];
  return Object.entries(config.tables)
    .filter(([written]) => !tables.some(({ name }) => isNamed(written, name)))
    .filter(([written]) => config.exempt[written] === undefined)
    .map(([written, { tenantColumn }]) => ({
      code: "RLS_TABLE_UNKNOWN",
      at: `database/rls/tables/${written}`,
      says: `there is no such table with a column "${tenantColumn}"`,
      hint: "correct the name, quoted as Postgres prints it",
    }));
}

/** The report as people read it; the problems are told apart from it. */
export function describeRls({
  outcome,
  tables,
  probes,
  unprobed,
  mutation,
  exempt,
  problems,
}: RlsReport): string {
  const count = `${tables.length} tenant ${tables.length === 1 ? "table" : "tables"}, ${probes} probes`;
  const score =
    mutation === null
      ? "no mistakes planted"
      : `${mutation.noticed} of ${mutation.planted} planted mistakes noticed (${mutation.score} %)`;
  const first =
    outcome === "isolated"
      ? `isolated: ${count}, ${score}`
      : `open: ${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${count}, ${score}`;
  const notes = [
    ...unprobed.map(({ table, because }) => `  not probed: ${table}, ${because}`),
    ...Object.entries(exempt).map(([name, reason]) => `  exempt: ${name}, ${reason}`),
  ];
  return [first, ...notes].join("\n");
}
