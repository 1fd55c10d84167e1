import { describeMigrationEvent } from "../core/migration/run-event.ts";
import { sumWritten } from "../core/seed/report.ts";
import type { SeedFile } from "../core/seed/types.ts";
import type { JournalEntry } from "../ports/journal.ts";
import type { Seeding, SeedingOutcome } from "../ports/seeds.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import type { Steps } from "./steps.ts";
import type { Tenure } from "./under-lease.ts";

export interface SeedOrder {
  readonly common: Omit<JournalEntry, "step" | "phase" | "outcome" | "data">;
  readonly sets: readonly string[];
  readonly files: readonly SeedFile[];
  /** False: everything runs, is measured and is undone. */
  readonly keep: boolean;
}

/** Runs seeds as one step: an intent before, with the files' checksums, and an outcome after, with the rows written. */
export async function seedOnRecord(
  { common, sets, files, keep }: SeedOrder,
  seeding: Seeding,
  { ports, steps }: { readonly ports: Pick<DeploymentPorts, "journal" | "reporter">; readonly steps: Steps },
  { fence, stop }: Tenure,
): Promise<SeedingOutcome> {
  const { journal, reporter } = ports;
  const entry = { ...common, step: "seed" } as const;
  const says = `${files.length} ${files.length === 1 ? "file" : "files"} of ${sets.join(", ")}${keep ? "" : ", to be undone"}`;
  let ended: SeedingOutcome | undefined;
  await steps.take("seed", says, stop, async () => {
    const intent = { sets, keep, files: files.map(({ file, sha256 }) => ({ file, sha256 })) };
    await journal.append({ ...entry, phase: "intent", outcome: undefined, data: intent });
    const outcome = await seeding.apply({
      keep,
      fence,
      signal: stop,
      tell: (event) => reporter.note(describeMigrationEvent(event)),
    });
    ended = outcome;

    const how = outcome.kind === "applied" ? "done" : stop.aborted ? "interrupted" : "failed";
    const { kind, ...facts } = outcome;
    await journal.append({ ...entry, phase: "outcome", outcome: how, data: { kind, keep, ...facts } });
    if (outcome.kind === "failed") return { says: outcome.problem.says, outcome: "skipped" };
    const rows = sumWritten(outcome.files).reduce(
      (sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted,
      0,
    );
    return { says: rows === 0 ? "every row is there" : `${rows} ${rows === 1 ? "row" : "rows"} written` };
  });
  if (ended === undefined) throw new Error("the seed step ended without an outcome");
  return ended;
}
