import type { Config } from "../core/config/types.ts";
import type { Linting } from "../ports/linting.ts";
import { migrationsFolder } from "./compose-migrations.ts";

/** The app's migrations, to be linted. */
export async function composeLinting(project: {
  readonly folder: string;
  readonly config: Config;
}): Promise<Linting> {
  const folder = migrationsFolder(project);
  const [{ loadLint }, { runSquawk }] = await Promise.all([
    import("../adapters/postgres/load-lint.ts"),
    import("../adapters/squawk/run-squawk.ts"),
  ]);
  return { load: () => loadLint(folder), squawk: runSquawk };
}
