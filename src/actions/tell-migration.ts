import { describeMigrationEvent, type MigrationEvent } from "../core/migration/run-event.ts";
import type { Reporter } from "../ports/reporter.ts";

/** Tells in the story what happens while migrations run. What ran is told when the step ends. */
export function tellMigration(reporter: Pick<Reporter, "note">): (event: MigrationEvent) => void {
  return (event) => {
    if (event.kind !== "ran") reporter.note(describeMigrationEvent(event));
  };
}
