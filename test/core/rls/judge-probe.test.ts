import { expect, test } from "vitest";
import { judgeProbe } from "../../../src/core/rls/judge-probe.ts";
import type { ProbeAnswer, ProbeKind, ProbeVerdict } from "../../../src/core/rls/types.ts";

const rows = (count: number): ProbeAnswer => ({ kind: "rows", count });
const refused = (code: string): ProbeAnswer => ({ kind: "refused", code });

test.each<[ProbeKind, ProbeAnswer, ProbeVerdict]>([
  ["select", rows(0), "kept"],
  ["select", rows(1), "leaked"],
  ["no-tenant", rows(1), "leaked"],
  ["no-tenant", refused("22P02"), "kept"],
  ["own", rows(1), "kept"],
  ["own", rows(0), "blind"],
  ["insert", rows(1), "leaked"],
  ["insert", refused("42501"), "kept"],
  ["insert", refused("23505"), "leaked"],
  ["insert", refused("P0001"), "unclear"],
  ["move", refused("23503"), "leaked"],
  ["move", refused("428C9"), "kept"],
  ["update", rows(0), "kept"],
  ["update-all", rows(3), "kept"],
  ["update-all", rows(4), "leaked"],
  ["delete-all", rows(4), "leaked"],
  ["switch-off", rows(0), "leaked"],
  ["switch-off", refused("42501"), "kept"],
])("says of %s that was answered %j: %s", (kind, answer, verdict) => {
  expect(judgeProbe(kind, answer, 3)).toBe(verdict);
});
