import type { Config } from "../core/config/types.ts";
import type { Linting } from "../ports/linting.ts";
import { composeWaiverRules, migrationsFolder, type DatabaseChoice } from "./compose-migrations.ts";

/** The app's migrations, to be linted. */
export async function composeLinting(
  project: { readonly folder: string; readonly config: Config },
  choice: DatabaseChoice,
): Promise<Linting> {
  const folder = migrationsFolder(project);
  const [rules, { loadLint }, { runSquawk }] = await Promise.all([
    composeWaiverRules(project.config, choice),
    import("../adapters/postgres/load-lint.ts"),
    import("../adapters/squawk/run-squawk.ts"),
  ]);
  return { load: () => loadLint(folder, rules), squawk: runSquawk };
}
