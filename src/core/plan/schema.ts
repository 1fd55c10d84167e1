import { z } from "zod";
import { describeIssue } from "../config/describe-issue.ts";
import { knownKeys } from "../config/known-keys.ts";
import type { Problem } from "../errors.ts";
import { NAME } from "../names.ts";
import type { Plan } from "./types.ts";

const matching = (pattern: RegExp, should: string) =>
  z.string({ error: should }).regex(pattern, { error: should });

const name = matching(NAME, "a name of lower-case letters, digits and single dashes");
const sha256 = matching(/^[0-9a-f]{64}$/, "a SHA-256 of 64 lower-case hex digits");
const releaseId = matching(
  /^sha-[0-9a-f]{7,40}-\d{8}-\d{6}$/,
  "of the form sha-<short commit>-<yyyymmdd>-<hhmmss>",
);
const plainText = z.string({ error: "a text" });
const whole = z
  .number({ error: "a whole number" })
  .int({ error: "a whole number" })
  .min(0, { error: "a whole number from 0 on" });
const anObject = { error: "an object" };

const planSchema = z.strictObject(
  {
    schema: z.literal(1, { error: "1, the only form this version reads" }),
    app: name,
    environment: name,
    release: z.strictObject(
      {
        id: releaseId,
        version: plainText,
        commit: matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a full commit hash"),
        author: plainText.exactOptional(),
        sha256,
      },
      anObject,
    ),
    configSha256: sha256,
    migrations: z.strictObject(
      {
        applied: whole,
        pending: z.array(
          z.strictObject(
            {
              file: matching(/^[^/\\\0]+$/, "a file name without a folder"),
              sha256,
              phase: z.enum(["expand", "contract"], { error: '"expand" or "contract"' }).exactOptional(),
            },
            anObject,
          ),
          { error: "a list of migrations" },
        ),
      },
      anObject,
    ),
    components: z.record(
      name,
      z.strictObject({ revision: plainText.nullable(), image: plainText, desired: whole }, anObject),
      { error: "an object of components" },
    ),
    wayBack: releaseId.nullable(),
    worstRollbackSeconds: z.number({ error: "a number of seconds" }).nullable(),
    fingerprint: sha256,
  },
  anObject,
);

export type PlanResult =
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

const PLAN_AGAIN = "make it again with `slipway plan --out=<file>`; a plan is never edited";

/**
 * unknown → plan: a saved plan, or the report of `plan --json` around one, as it was made; else everything that is wrong
 * with it. `fingerprintOf` answers the hex SHA-256 of a value's canonical JSON (RFC 8785). For `approve` and
 * `deploy --plan` alike. Codes: `PLAN_INVALID`, `PLAN_EDITED`.
 */
export function readPlan(input: unknown, fingerprintOf: (value: unknown) => string): PlanResult {
  const document = withinReport(input);
  const read = planSchema.safeParse(document);
  if (!read.success) {
    const problems = read.error.issues.flatMap((issue) =>
      describeIssue(issue, document, (path) => knownKeys(planSchema, path), "PLAN_INVALID"),
    );
    return { kind: "refused", problems: problems.map((one) => ({ ...one, at: `plan/${one.at}` })) };
  }

  const { fingerprint, ...content } = read.data;
  const found = fingerprintOf(content);
  if (found === fingerprint) return { kind: "plan", plan: read.data };
  const says = `is ${fingerprint.slice(0, 12)}…, what the plan says now makes ${found.slice(0, 12)}…: it was edited`;
  return {
    kind: "refused",
    problems: [{ code: "PLAN_EDITED", at: "plan/fingerprint", says, hint: PLAN_AGAIN }],
  };
}

function withinReport(input: unknown): unknown {
  const isReport = typeof input === "object" && input !== null && "plan" in input && "gates" in input;
  return isReport ? input.plan : input;
}
