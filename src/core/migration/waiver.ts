import type { Problem } from "../errors.ts";
import { isDate } from "../gates/window-time.ts";

/** Leave to break one rule in one place, until a day. Kept in `waivers.json` beside the migrations. */
export interface Waiver {
  /** Code of the problem that is let through. */
  readonly rule: string;
  /** File, without the line. */
  readonly at: string;
  /** Of a signed one: a key of `people`. */
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  /** What is done instead of going down; a missing down demands it. */
  readonly restorePlan?: string | undefined;
  /** Left out: nobody put their name to it. */
  readonly signed?: WaiverSignature | undefined;
}

/** The owner's signature, and what it is for besides the waiver's own words. */
export interface WaiverSignature {
  /** `w-<uuid>`. */
  readonly id: string;
  /** Hex SHA-256 of the migration's texts, as `Migration` has them. */
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string;
  /** The key's 32 bytes and the signature's 64, base64url. */
  readonly publicKey: string;
  readonly signature: string;
}

export const WAIVERS_FILE = "waivers.json";
const TEXTS = ["rule", "at", "owner", "reason", "expires"] as const;
const KEYS: readonly string[] = [...TEXTS, "restorePlan", "signed"];
// Of two spellings of the same bytes only the one that is written: no letter may change without notice.
const SIGNATURE: Readonly<Record<keyof WaiverSignature, RegExp>> = {
  id: /^w-[0-9a-f-]{36}$/,
  upSha256: /^[0-9a-f]{64}$/,
  downSha256: /^[0-9a-f]{64}$/,
  renderedSha256: /^[0-9a-f]{64}$/,
  publicKey: /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
  signature: /^[A-Za-z0-9_-]{85}[AQgw]$/,
};
// What is wrong with a folder, its order or its history is never let through.
const WAIVABLE = /^(MIGRATION_DOWN_MISSING|(LINT|REHEARSAL)_[A-Z0-9_]+)$/;

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
    const wrong = waiverProblems(one, `/waivers/${index}`);
    problems.push(...wrong);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was checked above
    return wrong.length === 0 ? [one as Waiver] : [];
  });
  return { waivers, problems };
}

/** What is wrong with the form of one waiver. `where`: its place in the file. */
export function waiverProblems(one: unknown, where: string): Problem[] {
  if (!isRecord(one)) return [invalid(where, "should be an object")];
  const problems = TEXTS.filter((key) => typeof one[key] !== "string" || one[key] === "").map((key) =>
    invalid(`${where}/${key}`, "is missing or empty"),
  );
  for (const key of Object.keys(one)) {
    if (!KEYS.includes(key)) problems.push(invalid(`${where}/${key}`, "is not a key of a waiver"));
  }
  const { rule, expires, restorePlan, signed } = one;
  if (typeof rule === "string" && rule !== "" && !WAIVABLE.test(rule)) {
    problems.push(invalid(`${where}/rule`, `is "${rule}", which no waiver lets through`));
  }
  if (typeof expires === "string" && expires !== "" && !isDate(expires)) {
    problems.push(invalid(`${where}/expires`, `should be a day like 2027-01-31, got "${expires}"`));
  }
  if (typeof restorePlan !== "string" && (restorePlan !== undefined || rule === "MIGRATION_DOWN_MISSING")) {
    problems.push(
      invalid(`${where}/restorePlan`, "is missing; without a down there must be another way back"),
    );
  }
  return [...problems, ...(signed === undefined ? [] : signatureProblems(signed, `${where}/signed`))];
}

function signatureProblems(signed: unknown, where: string): Problem[] {
  if (!isRecord(signed)) return [invalid(where, "should be an object")];
  const wrong = Object.entries(SIGNATURE).filter(([key, form]) => {
    const value = signed[key];
    return typeof value !== "string" || !form.test(value);
  });
  const strange = Object.keys(signed).filter((key) => !Object.hasOwn(SIGNATURE, key));
  return [
    ...wrong.map(([key]) => invalid(`${where}/${key}`, "is missing or not as it was written")),
    ...strange.map((key) => invalid(`${where}/${key}`, "is not a key of a signature")),
  ];
}

function invalid(path: string, says: string): Problem {
  return {
    code: "WAIVER_INVALID",
    at: `${WAIVERS_FILE}${path}`,
    says,
    hint: "let `slipway migrate waive` write it: rule, at, owner, reason and expires, and for a missing down restorePlan",
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
