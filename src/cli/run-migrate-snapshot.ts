import { loadConfig } from "./compose.ts";
import { composeInspection } from "./compose-migrations.ts";
import { findProject } from "./find-project.ts";
import type { MigrateLookOptions } from "./migrate-command.ts";

/** `slipway migrate snapshot`. */
export async function runMigrateSnapshot(options: MigrateLookOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await using composed = await composeInspection(project, options);
  const { sha256, snapshot } = await composed.inspection.schema();
  const document = { ...composed.subject, sha256, schema: snapshot };
  process.stdout.write(`${options.json === true ? JSON.stringify(document, null, 2) : sha256}\n`);
}
