import type { KnownGood } from "../deployment/types.ts";
import { parseFileName } from "./file-name.ts";

/**
 * What a person should know of a database that lacks migrations which were there when a release was good: it was
 * restored to an earlier state, and its rows are old too. `undefined`: it has them all, or nothing was ever good.
 */
export function tellRestored(
  applied: readonly { readonly id: string }[],
  good: KnownGood | undefined,
): string | undefined {
  if (good === undefined) return undefined;
  const there = new Set(applied.map(({ id }) => id));
  const ids = good.release.migrations.map(({ file }) => parseFileName(file)?.id ?? file);
  const missing = ids.filter((id) => !there.has(id));
  if (missing.length === 0) return undefined;
  const shown =
    missing.length > 3
      ? `${missing.slice(0, 3).join(", ")} and ${missing.length - 3} more`
      : missing.join(", ");
  return `the database lacks ${shown}, which it had when ${good.release.version} was good here (${good.at}): it was restored to an earlier state, or they were taken down since; they run again now`;
}
