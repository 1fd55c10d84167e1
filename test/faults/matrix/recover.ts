import { existsSync } from "node:fs";
import { onDatabase } from "../lab/databases.ts";
import type { Run } from "../lab/run.ts";
import type { RunChanges, Verb, World } from "../lab/world.ts";
import type { Scenario } from "./scenarios.ts";

const hasResume = existsSync(new URL("../../../src/cli/resume-command.ts", import.meta.url));

/** What goes on with a run that did not end: `resume`, which needs to know nothing of it. */
export function recovery(scenario: Scenario): Verb {
  return hasResume ? ["resume"] : scenario.verb;
}

/** Runs the recovery. */
export function recover(scenario: Scenario, world: World, changes: RunChanges = {}): Promise<Run> {
  return world.run(recovery(scenario), changes);
}

/** The recovery once more, with the position of the ledger's head before it. */
export async function recoverAgain(
  scenario: Scenario,
  world: World,
): Promise<{ again: Run | undefined; seqBeforeAgain: number | undefined }> {
  // Without the verb, asking for what failed, or for one more rollback, is a wish of its own and no recovery.
  if (!hasResume && (scenario.exit !== 0 || scenario.verb[0] !== "deploy"))
    return { again: undefined, seqBeforeAgain: undefined };
  const seqBeforeAgain = await onDatabase(world.databases.ledger, async (client) => {
    const { rows } = await client.query<{ seq: string }>("select seq from slipway_ledger.head");
    return Number(rows[0]?.seq);
  });
  return { again: await world.run(recovery(scenario)), seqBeforeAgain };
}
