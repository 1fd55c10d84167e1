import type { Plan } from "../plan/types.ts";
import { printable } from "../printable.ts";
import { duration } from "../time.ts";
import type { Meaning } from "./types.ts";

/** What somebody is about to put their name to. */
export interface Signing {
  readonly plan: Plan;
  readonly role: string;
  readonly meaning: Meaning;
  readonly reason: string;
}

/** The meaning of a signature in words (21 CFR 11.50(a)(3)). */
const MEANS: Readonly<Record<Meaning, string>> = {
  approved: "this may be deployed there",
  reviewed: "this was looked at and found in order",
  released: "this is released for use there",
  "break-glass": "the gates may be skipped, and I answer for it",
};

/** What is signed, complete, for the eyes of whoever signs. */
export function describeSigning({ plan, role, meaning, reason }: Signing): string {
  const { release, migrations, components } = plan;
  const rows: [string, string][] = [
    ["app", plan.app],
    ["environment", plan.environment],
    ["release", `${release.id} (version ${release.version})`],
    ["commit", release.commit],
    ["written by", release.author ?? "not known"],
    ["digest", release.sha256],
    ...Object.entries(components).map(([name, { image, desired }]): [string, string] => [
      "image",
      `${name} × ${desired}: ${image}`,
    ]),
    ["migrations", migrationsInWords(migrations)],
    ...migrations.pending.map(({ file, phase }): [string, string] => [
      "",
      `${file}${phase ? ` (${phase})` : ""}`,
    ]),
    ["way back", wayBackInWords(plan)],
    ["plan", plan.fingerprint],
    ["as", role],
    ["meaning", `${meaning}: ${MEANS[meaning]}`],
    ["reason", reason],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(12)} ${printable(value)}`.trimEnd()).join("\n");
}

function migrationsInWords({ applied, pending }: Plan["migrations"]): string {
  const ran = `${applied} ran there before`;
  return pending.length === 0 ? `none to run; ${ran}` : `${pending.length} to run; ${ran}`;
}

function wayBackInWords({ wayBack, worstRollbackSeconds }: Plan): string {
  if (wayBack === null) return "none: a failure ends with nothing running";
  const worst = worstRollbackSeconds === null ? "" : `, ${duration(worstRollbackSeconds * 1000)} at worst`;
  return `to ${wayBack}${worst}`;
}
