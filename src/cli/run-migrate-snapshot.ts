import { loadConfig } from "./compose.ts";
import { composeAnyInspection, snapshotOf } from "./compose-own-database.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateOwnOptions } from "./migrate-command.ts";

/** `slipway migrate snapshot`. */
export async function runMigrateSnapshot(options: MigrateOwnOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await interruptible(async ({ stop }) => {
    await using composed = await composeAnyInspection(project, options, stop);
    const document = await snapshotOf(composed);
    process.stdout.write(`${options.json === true ? JSON.stringify(document, null, 2) : document.sha256}\n`);
  });
}
