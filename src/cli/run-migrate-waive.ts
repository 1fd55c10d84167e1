import { migrateWaive } from "../actions/migrate-waive.ts";
import { describeWaiving } from "../core/migration/describe-waiver.ts";
import { loadConfig } from "./compose.ts";
import { composeWaiving } from "./compose-waiving.ts";
import { findProject } from "./find-project.ts";
import type { MigrateWaiveOptions } from "./migrate-waive-command.ts";
import { printErr } from "./out.ts";
import { printAct } from "./print-act.ts";

/** `slipway migrate waive`. */
export async function runMigrateWaive(options: MigrateWaiveOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { rule, at, reason, expires, restorePlan, person } = options;
  const answer = await migrateWaive(
    {
      config: project.config,
      waiver: { rule, at, reason, expires, ...(restorePlan !== undefined && { restorePlan }) },
      today: new Date().toISOString().slice(0, 10),
      show: (waiver, texts) =>
        printErr(`slipway: to be signed\n${describeWaiving(project.config.app, waiver, texts)}`),
    },
    await composeWaiving(project, person, process.env),
  );
  printAct(
    answer,
    ({ waiver }) => [
      `${waiver.signed?.id ?? ""}  ${waiver.owner} waives ${waiver.rule} for ${waiver.at} until ${waiver.expires}`,
      "  commit waivers.json with the migration",
    ],
    options.json,
  );
}
