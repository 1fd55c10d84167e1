import type { Problem } from "../errors.ts";
import { describeIssue } from "./describe-issue.ts";
import { knownKeys } from "./known-keys.ts";
import { normalise } from "./normalise.ts";
import { checkRules } from "./rules.ts";
import { writtenConfigSchema } from "./schema.ts";
import type { Config } from "./types.ts";

export type ConfigResult =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** unknown → written → config: the whole config, or everything that is wrong with it. */
export function readConfig(input: unknown): ConfigResult {
  const written = writtenConfigSchema.safeParse(input);
  if (!written.success) {
    const problems = written.error.issues.flatMap((issue) =>
      describeIssue(issue, input, (path) => knownKeys(writtenConfigSchema, path), "CONFIG_INVALID"),
    );
    return { kind: "refused", problems };
  }

  const config = normalise(written.data);
  const problems = checkRules(config);
  return problems.length === 0 ? { kind: "config", config } : { kind: "refused", problems };
}
