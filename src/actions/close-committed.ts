import type { Release } from "../core/release/types.ts";
import type { Compensated } from "./compensate.ts";
import type { RunContext } from "./run-context.ts";
import { urlsOf } from "./smoke.ts";

/**
 * Ends a deployment that was killed between its commit and its last record: it passed everything, and what it brought
 * runs. It is reported as the success that it was, not done again.
 */
export async function closeCommitted(release: Release, context: RunContext): Promise<Compensated> {
  const { environment, plans, ports, steps } = context;
  const urls = await urlsOf(plans, environment, ports);
  await steps.end("deployed", { problems: [], running: release.id });
  return { outcome: "deployed", problems: [], running: release.id, urls };
}
