import type { ProbeAnswer, ProbeKind, ProbeVerdict } from "./types.ts";

const NOT_ALLOWED = "42501";
/** A generated column, or an identity that is always generated, was named: the tenant cannot be written at all. */
const GENERATED = "428C9";
const READS: ReadonlySet<ProbeKind> = new Set(["select", "no-tenant", "view", "function"]);

/**
 * What an answer says about isolation. Policies are checked before constraints, so a broken constraint (class 23) means
 * that row-level security had let the row through (Postgres: ExecInsert, ExecUpdate).
 *
 * @param own rows that the tenant has itself, which a probe of all rows may change
 */
export function judgeProbe(kind: ProbeKind, answer: ProbeAnswer, own: number): ProbeVerdict {
  if (answer.kind === "rows") {
    if (kind === "own") return answer.count === 0 && own > 0 ? "blind" : "kept";
    if (kind === "switch-off") return "leaked";
    const allowed = kind === "update-all" || kind === "delete-all" ? own : 0;
    return answer.count > allowed ? "leaked" : "kept";
  }
  if (answer.code === NOT_ALLOWED || answer.code === GENERATED) return "kept";
  // Nothing was read, whatever the reason: a policy that casts an empty setting to a uuid refuses so.
  if (READS.has(kind)) return "kept";
  if (answer.code.startsWith("23")) return "leaked";
  return "unclear";
}
