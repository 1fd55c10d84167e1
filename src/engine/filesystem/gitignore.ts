import ignore from "ignore";
import type { Kind } from "./selection.ts";

/** What one `.gitignore` says of a path (relative to where the selection began); undefined: nothing. */
export type IgnoreRule = (path: string, kind: Kind) => "ignored" | "kept" | undefined;

/** The rules of a `.gitignore` in `folder`, whose path is relative to where the selection began ("" is the beginning). */
export function ignoreRule(text: string, folder: string): IgnoreRule {
  const prefix = folder === "" ? 0 : folder.length + 1;
  return ruleOf(text, (path) => path.slice(prefix));
}

/** The rules of a `.gitignore` further out; `inner` leads from its folder to where the selection began. */
export function outerIgnoreRule(text: string, inner: string): IgnoreRule {
  return ruleOf(text, (path) => `${inner}/${path}`);
}

/** Git's own order: the innermost `.gitignore` that says anything decides. Rules are given outermost first. */
export function isIgnored(rules: readonly IgnoreRule[], path: string, kind: Kind): boolean {
  for (const rule of rules.toReversed()) {
    const said = rule(path, kind);
    if (said !== undefined) return said === "ignored";
  }
  return false;
}

function ruleOf(text: string, relative: (path: string) => string): IgnoreRule {
  // Git compares case-sensitively unless core.ignorecase is set; the package's default is the other way round.
  const rules = ignore({ ignorecase: false }).add(text);
  return (path, kind) => {
    const { ignored, unignored } = rules.test(relative(path) + (kind === "directory" ? "/" : ""));
    if (ignored) return "ignored";
    return unignored ? "kept" : undefined;
  };
}
