import { loadConfig } from "./compose.ts";
import { composeInspection, composeWriteStatistics, migrationsFolder } from "./compose-migrations.ts";
import { findProject } from "./find-project.ts";
import type { MigrateStatisticsOptions } from "./migrate-command.ts";
import { printOut } from "./out.ts";

/** `slipway migrate statistics`. */
export async function runMigrateStatistics(options: MigrateStatisticsOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await using composed = await composeInspection(project, options);
  const tables = await composed.inspection.statistics();
  if (options.write === true) await (await composeWriteStatistics())(migrationsFolder(project), tables);
  const lines = Object.entries(tables).map(
    ([name, { rows, bytes }]) =>
      `${String(rows).padStart(12)} rows  ${String(bytes).padStart(14)} bytes  ${name}`,
  );
  const answer =
    options.json === true ? JSON.stringify({ ...composed.subject, tables }, null, 2) : lines.join("\n");
  printOut(answer, options.json === true ? "json" : "text");
}
