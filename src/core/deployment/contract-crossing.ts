import type { Problem } from "../errors.ts";
import type { Release, ReleaseMigration } from "../release/types.ts";

/** Contract migrations among these that a release does not know: its code cannot live with the schema they leave. */
export function contractsUnknownTo(
  release: Pick<Release, "migrations">,
  applied: readonly ReleaseMigration[],
): string[] {
  const known = new Set(release.migrations.map(({ file }) => file));
  const files = applied.filter(({ phase, file }) => phase === "contract" && !known.has(file));
  return [...new Set(files.map(({ file }) => file))];
}

/** Why one may not go back to a release across these contract migrations, one problem for each. */
export function crossesContract(
  release: Pick<Release, "id" | "version">,
  files: readonly string[],
): Problem[] {
  return files.map((file) => ({
    code: "ROLLBACK_CROSSES_CONTRACT",
    at: file,
    says: `this contract migration has been applied, and ${release.version} (${release.id}) cannot live with it`,
    hint: "mend it forward: deploy a release that has the migration",
  }));
}
