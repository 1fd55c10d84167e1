import type { Problem } from "../errors.ts";

/** Leave to break one rule in one place, until a day. Kept in `waivers.json` beside the migrations. */
export interface Waiver {
  /** Code of the problem that is let through. */
  readonly rule: string;
  /** File, without the line. */
  readonly at: string;
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  /** What is done instead of going down; a missing down demands it. */
  readonly restorePlan?: string | undefined;
}

export const WAIVERS_FILE = "waivers.json";
const TEXTS = ["rule", "at", "owner", "reason", "expires"] as const;
const KEYS: readonly string[] = [...TEXTS, "restorePlan"];

/** Checks what the file holds; every problem at once. */
export function readWaivers(value: unknown): {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Problem[];
} {
  const list: unknown = isRecord(value) ? value["waivers"] : undefined;
  if (!Array.isArray(list)) {
    return { waivers: [], problems: [invalid("", "should be an object with a list named waivers")] };
  }
  const problems: Problem[] = [];
  const waivers = list.flatMap((one: unknown, index) => {
    const wrong = problemsOf(one, index);
    problems.push(...wrong);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was checked above
    return wrong.length === 0 ? [one as Waiver] : [];
  });
  return { waivers, problems };
}

function problemsOf(one: unknown, index: number): Problem[] {
  const where = `/waivers/${index}`;
  if (!isRecord(one)) return [invalid(where, "should be an object")];
  const problems = TEXTS.filter((key) => typeof one[key] !== "string" || one[key] === "").map((key) =>
    invalid(`${where}/${key}`, "is missing or empty"),
  );
  for (const key of Object.keys(one)) {
    if (!KEYS.includes(key)) problems.push(invalid(`${where}/${key}`, "is not a key of a waiver"));
  }
  if (typeof one["expires"] === "string" && !/^\d{4}-\d{2}-\d{2}$/.test(one["expires"])) {
    problems.push(invalid(`${where}/expires`, `should be a day like 2027-01-31, got "${one["expires"]}"`));
  }
  if (one["rule"] === "MIGRATION_DOWN_MISSING" && typeof one["restorePlan"] !== "string") {
    problems.push(
      invalid(`${where}/restorePlan`, "is missing; without a down there must be another way back"),
    );
  }
  return problems;
}

/** Takes out the problems that a waiver lets through. One that has expired becomes a problem of its own. */
export function applyWaivers<P extends Problem>(
  problems: readonly P[],
  waivers: readonly Waiver[],
  today: string,
): { readonly left: readonly (P | Problem)[]; readonly waived: readonly Waiver[] } {
  const waived: Waiver[] = [];
  const left = problems.flatMap((problem): (P | Problem)[] => {
    const waiver = waivers.find(({ rule, at }) => rule === problem.code && at === fileOf(problem.at));
    if (waiver === undefined) return [problem];
    if (waiver.expires < today) return [problem, expired(waiver)];
    if (!waived.includes(waiver)) waived.push(waiver);
    return [];
  });
  return { left, waived };
}

function fileOf(at: string): string {
  return at.replace(/:\d+$/, "");
}

function expired({ rule, at, owner, expires }: Waiver): Problem {
  return {
    code: "WAIVER_EXPIRED",
    at: WAIVERS_FILE,
    says: `the waiver of ${rule} for ${at} by ${owner} ended on ${expires}`,
    hint: "mend the migration, or let its owner decide again and give it a new day",
  };
}

function invalid(path: string, says: string): Problem {
  return {
    code: "WAIVER_INVALID",
    at: `${WAIVERS_FILE}${path}`,
    says,
    hint: "a waiver has rule, at, owner, reason and expires, and for a missing down restorePlan",
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
