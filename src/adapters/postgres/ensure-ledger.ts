import { fileURLToPath } from "node:url";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { LEDGER_HISTORY } from "./migration-history.ts";
import { openMigrationsAt } from "./open-migrations.ts";

const FOLDER = fileURLToPath(new URL("../../../migrations", import.meta.url));

/** Longer than the ledger's migrations take, so that of two first users the second waits for the first. */
const LOCK_WAIT_MS = 60_000;

/**
 * Brings the ledger's schema up to what this version of Slipway needs; does nothing when it is there. Safe when several
 * do it at once. Throws `LEDGER_…` (exit 11).
 */
export async function ensureLedger(url: Secret, signal: AbortSignal): Promise<void> {
  const migrations = await openMigrationsAt({
    url,
    folder: FOLDER,
    use: "LEDGER",
    place: LEDGER_HISTORY,
    applicationName: `slipway ledger set-up, process ${process.pid}`,
    lockWaitMs: LOCK_WAIT_MS,
  });
  try {
    const plan = await migrations.plan();
    if (plan.kind === "nothing-to-do") return;
    if (plan.kind === "refused") throw fault(plan.problems);

    const outcome = await migrations.apply({ fence: 0, signal });
    if (outcome.kind === "failed") throw fault([outcome.problem]);
  } finally {
    await migrations.close();
  }
}

function fault(problems: readonly Problem[]): SlipwayError {
  const isNewer = problems.every(({ code }) => code === "MIGRATION_DATABASE_AHEAD");
  if (!isNewer) return new SlipwayError(problems, "verifyFailed");
  return new SlipwayError(
    {
      code: "LEDGER_NEWER",
      at: "ledger",
      says: "was set up by a newer version of Slipway",
      hint: "use that version, or a newer one",
    },
    "verifyFailed",
  );
}
