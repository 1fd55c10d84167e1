import { expect, test } from "vitest";
import { isNoticed, mutationScore, planMutants } from "../../../src/core/rls/mutants.ts";
import type { PolicyFacts, ProbeResult, TenantTable } from "../../../src/core/rls/types.ts";

const policy: PolicyFacts = {
  name: "p",
  command: "all",
  permissive: true,
  using: "x",
  check: null,
  binds: true,
};
const table = (policies: readonly PolicyFacts[]): TenantTable => ({
  name: "public.t",
  tenantColumn: "clinic_id",
  owner: "owner",
  ownerBypasses: false,
  enabled: true,
  forced: true,
  isPartition: false,
  policies,
  appPrivileges: [],
  publicPrivileges: [],
});
const kinds = (policies: readonly PolicyFacts[]) => planMutants([table(policies)]).map(({ kind }) => kind);
const probe: ProbeResult = {
  object: "public.t",
  kind: "select",
  as: "app",
  verdict: "kept",
  code: undefined,
};

test("plants eight kinds of mistakes, and in a policy only what its command has", () => {
  expect(kinds([policy])).toEqual([
    "rls-off",
    "no-force",
    "app-owns",
    "permissive-policy",
    "policy-dropped",
    "using-true",
    "check-true",
    "bypassrls",
  ]);
  expect(kinds([{ ...policy, command: "insert" }]).slice(4, -1)).toEqual(["policy-dropped", "check-true"]);
  expect(kinds([{ ...policy, command: "select" }]).slice(4, -1)).toEqual(["policy-dropped", "using-true"]);
  expect(kinds([{ ...policy, binds: false }]).slice(4, -1)).toEqual([]);
  expect(planMutants([])).toEqual([]);
});

test("a mistake is noticed by a leak or a blindness that was not there before", () => {
  expect(isNoticed([probe], [probe])).toBe(false);
  expect(isNoticed([probe], [{ ...probe, verdict: "leaked" }])).toBe(true);
  expect(isNoticed([probe], [{ ...probe, verdict: "blind" }])).toBe(true);
  expect(isNoticed([{ ...probe, verdict: "leaked" }], [{ ...probe, verdict: "leaked" }])).toBe(false);
  expect(isNoticed([probe], [{ ...probe, verdict: "unclear" }])).toBe(false);
});

test("the score is rounded down, so that one that survives is never 100 %", () => {
  const mutant = { kind: "rls-off", table: "public.t", policy: undefined, noticed: true } as const;
  expect(mutationScore([...Array.from({ length: 999 }, () => mutant), { ...mutant, noticed: false }])).toBe(
    99,
  );
  expect(mutationScore([])).toBe(100);
});
