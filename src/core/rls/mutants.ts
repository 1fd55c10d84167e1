import type { Mutant, MutantResult, ProbeResult, TenantTable } from "./types.ts";

/** The mistakes to plant: each one that somebody has made before in a real database. */
export function planMutants(tables: readonly TenantTable[]): readonly Mutant[] {
  const ofTables = tables.flatMap(({ name: table, policies }): Mutant[] => [
    { kind: "rls-off", table, policy: undefined },
    { kind: "no-force", table, policy: undefined },
    { kind: "app-owns", table, policy: undefined },
    { kind: "permissive-policy", table, policy: undefined },
    ...policies
      .filter(({ binds }) => binds)
      .flatMap(({ name: policy, command }): Mutant[] => [
        { kind: "policy-dropped", table, policy },
        ...(command === "insert" ? [] : [{ kind: "using-true", table, policy } as const]),
        ...(command === "select" || command === "delete"
          ? []
          : [{ kind: "check-true", table, policy } as const]),
      ]),
  ]);
  return tables.length === 0 ? [] : [...ofTables, { kind: "bypassrls", table: "", policy: undefined }];
}

/** Whether the probes say something that they did not say before. */
export function isNoticed(before: readonly ProbeResult[], after: readonly ProbeResult[]): boolean {
  const known = new Map(before.map((probe) => [keyOf(probe), probe.verdict]));
  return after.some(
    (probe) =>
      (probe.verdict === "leaked" || probe.verdict === "blind") && known.get(keyOf(probe)) !== probe.verdict,
  );
}

function keyOf({ object, kind, as }: ProbeResult): string {
  return JSON.stringify([object, kind, as]);
}

/** Whole percent of the planted mistakes that were noticed, rounded down; 100 where there was none to plant. */
export function mutationScore(mutants: readonly MutantResult[]): number {
  if (mutants.length === 0) return 100;
  return Math.floor((100 * mutants.filter(({ noticed }) => noticed).length) / mutants.length);
}
