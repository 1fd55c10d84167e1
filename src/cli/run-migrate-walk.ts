import { migrateWalk, type WalkRequest } from "../actions/migrate-walk.ts";
import { describeWalk } from "../core/rehearsal/walk-report.ts";
import { loadConfig } from "./compose.ts";
import { composeOwnDatabase } from "./compose-own-database.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateDownOptions, MigrateUpOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

type Way = Pick<WalkRequest, "to" | "down" | "again">;

/** `slipway migrate up --rehearsal`. */
export function runOwnUp(options: MigrateUpOptions): Promise<void> {
  return walk(options, { to: options.to, down: undefined, again: false });
}

/** `slipway migrate down --rehearsal`: everything goes up first. */
export function runOwnDown(options: MigrateDownOptions): Promise<void> {
  const down = options.to === undefined ? { count: options.count ?? Number.NaN } : { to: options.to };
  return walk(options, { to: undefined, down, again: false });
}

/** `slipway migrate round-trip`. */
export function runMigrateRoundTrip(options: MigrateUpOptions): Promise<void> {
  return walk(options, { to: options.to, down: "as far as they go", again: true });
}

async function walk(options: MigrateUpOptions, way: Way): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await interruptible(async ({ stop }) => {
    await using composed = await composeOwnDatabase(project, options, stop);
    const request = { app: project.config.app, ...way, signal: stop };
    await printAnswer(await migrateWalk(request, composed.database), describeWalk, options);
  });
}
