import type { Problem } from "../../core/errors.ts";
import { chooseDown, type DownTarget } from "../../core/migration/choose-down.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { PlannedMigrations } from "./plan-migrations.ts";
import type { Direction } from "./recording-client.ts";

/** What a run will do. */
export type Choice =
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "chosen";
      readonly direction: Direction;
      readonly migrations: readonly Migration[];
      readonly back?: string;
      readonly unrecorded?: string | undefined;
    };

/** What is pending, or of it what comes up to the migration `to`. */
export function chooseForward({ answer, pending }: PlannedMigrations, to: string | undefined): Choice {
  if (answer.kind === "refused") return answer;
  const last = pending.findIndex(({ id }) => id === to);
  const migrations = to === undefined ? pending : pending.slice(0, last + 1);
  return { kind: "chosen", direction: "up", migrations };
}

/** What goes down. */
export function chooseBack(plan: PlannedMigrations, target: DownTarget): Choice {
  if (plan.answer.kind === "refused") return plan.answer;
  const choice = chooseDown(plan.migrations, plan.applied, target);
  if (choice.kind === "refused") return choice;
  if (!("schema" in target)) return { ...choice, direction: "down" };
  const unrecorded = choice.migrations.find(({ id }) => !plan.applied.some((one) => one.id === id))?.id;
  return { ...choice, direction: "down", back: target.schema, unrecorded };
}
