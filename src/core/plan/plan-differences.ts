import type { Problem } from "../errors.ts";
import type { Plan } from "./types.ts";

/** What has changed since a plan was made; empty while its fingerprint still holds. */
export function planDifferences(saved: Plan, now: Plan): Problem[] {
  if (saved.fingerprint === now.fingerprint) return [];
  const files = (plan: Plan) => plan.migrations.pending.map(({ file }) => file).join(", ") || "none";
  const found: [string, string, string][] = [
    ["app", saved.app, now.app],
    ["environment", saved.environment, now.environment],
    ["release", saved.release.id, now.release.id],
    ["release/sha256", short(saved.release.sha256), short(now.release.sha256)],
    ["config", short(saved.configSha256), short(now.configSha256)],
    ["migrations/applied", String(saved.migrations.applied), String(now.migrations.applied)],
    ["migrations/pending", files(saved), files(now)],
    ...componentDifferences(saved, now),
    ["wayBack", saved.wayBack ?? "none", now.wayBack ?? "none"],
    ["worstRollbackSeconds", text(saved.worstRollbackSeconds), text(now.worstRollbackSeconds)],
  ];
  const differing = found.filter(([, before, after]) => before !== after);
  // Whatever else is under the fingerprint, such as the hash of a migration.
  const all =
    differing.length > 0 ? differing : [["fingerprint", short(saved.fingerprint), short(now.fingerprint)]];
  return all.map(([at, before, after]) => ({
    code: "PLAN_STALE",
    at: `plan/${at}`,
    says: `was ${before} when the plan was made, is ${after} now`,
    hint: "make the plan again with `slipway plan`, and have it approved again",
  }));
}

function componentDifferences(saved: Plan, now: Plan): [string, string, string][] {
  const names = [...new Set([...Object.keys(saved.components), ...Object.keys(now.components)])];
  return names.flatMap((name): [string, string, string][] => {
    const before = saved.components[name];
    const after = now.components[name];
    return [
      [`components/${name}`, before?.revision ?? "nothing", after?.revision ?? "nothing"],
      [`components/${name}/image`, before?.image ?? "none", after?.image ?? "none"],
      [`components/${name}/desired`, text(before?.desired), text(after?.desired)],
    ];
  });
}

function short(sha256: string): string {
  return `${sha256.slice(0, 12)}…`;
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? "none" : String(value);
}
