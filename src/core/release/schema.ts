import { z } from "zod";
import { describeIssue } from "../config/describe-issue.ts";
import { knownKeys } from "../config/known-keys.ts";
import type { Problem } from "../errors.ts";
import { NAME, parseImage } from "../names.ts";
import type { Release } from "./types.ts";

const matching = (pattern: RegExp, should: string) =>
  z.string({ error: should }).regex(pattern, { error: should });

const name = matching(NAME, "a name of lower-case letters, digits and single dashes");
const sha256 = matching(/^[0-9a-f]{64}$/, "a SHA-256 of 64 lower-case hex digits");
const base = matching(
  /^(host:[a-z0-9]+@\S+|\S+@sha256:[0-9a-f]{64})$/,
  'an image by digest, or "host:<name>@<version>"',
);

const component = z.strictObject(
  {
    kind: z.literal("service", { error: '"service"' }),
    image: matching(/@sha256:[0-9a-f]{64}$/, "an image by digest: <registry>/<repository>@sha256:<hex>"),
    digest: matching(/^sha256:[0-9a-f]{64}$/, 'a digest: "sha256:" and 64 lower-case hex digits'),
    base,
  },
  { error: "an object" },
);

const releaseSchema = z.strictObject(
  {
    schema: z.literal(1, { error: "1, the only form this version reads" }),
    app: name,
    id: matching(/^sha-[0-9a-f]{7,40}-\d{8}-\d{6}$/, "of the form sha-<short commit>-<yyyymmdd>-<hhmmss>"),
    version: matching(
      /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
      "a semantic version such as 1.2.3",
    ),
    commit: matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a full commit hash"),
    branch: matching(/^[^\p{C}\p{Z}]{1,255}$/u, "the name of a branch").exactOptional(),
    author: matching(/^[a-z]+:[!-~]{1,320}$/, "git:<e-mail>, or github:<id>").exactOptional(),
    createdAt: matching(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
      "a time in UTC such as 2026-01-31T12:00:00Z",
    ),
    components: z.record(name, component, { error: "an object of components" }),
    migrations: z.array(
      z.strictObject(
        {
          file: matching(/^[^/\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, "a file name without a folder"),
          sha256,
          phase: z.enum(["expand", "contract"], { error: '"expand" or "contract"' }).exactOptional(),
        },
        { error: "an object" },
      ),
      { error: "a list of migrations" },
    ),
    configSha256: sha256,
  },
  { error: "an object" },
);

export type ReleaseResult =
  | { readonly kind: "release"; readonly release: Release }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** unknown → release: the manifest as it was built, or everything that is wrong with it. */
export function readRelease(input: unknown): ReleaseResult {
  const read = releaseSchema.safeParse(input);
  if (!read.success) {
    const problems = read.error.issues.flatMap((issue) =>
      describeIssue(issue, input, (path) => knownKeys(releaseSchema, path), "RELEASE_INVALID"),
    );
    return {
      kind: "refused",
      problems: problems.map((problem) => ({ ...problem, at: `release/${problem.at}` })),
    };
  }

  const problems = Object.entries(read.data.components).flatMap(([component, { image, digest }]) => {
    const named = parseImage(image)?.digest;
    if (named === digest) return [];
    return [
      {
        code: "RELEASE_INVALID",
        at: `release/components/${component}/digest`,
        says:
          named === undefined
            ? `the image has no registry: "${image}"`
            : `differs from the image's: "${digest}"`,
        hint: "build the release again; a manifest is never edited",
      },
    ];
  });
  return problems.length === 0 ? { kind: "release", release: read.data } : { kind: "refused", problems };
}
