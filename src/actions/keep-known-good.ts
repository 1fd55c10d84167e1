import { appliedContracts } from "../core/deployment/applied-contracts.ts";
import { KNOWN_GOOD_KEPT } from "../core/emergency/known-good-list.ts";
import { readUncommitted } from "./read-uncommitted.ts";
import type { RunContext } from "./run-context.ts";

/** Puts the environment's known good releases, signed, at every anchor; does nothing where there is none yet. */
export async function keepKnownGood(
  { config, environment, ports }: Pick<RunContext, "config" | "environment" | "ports">,
  retainUntil: string,
): Promise<void> {
  const { app } = config;
  const { name: env } = environment;
  const history = await ports.releases.history(app, env);
  if (history.length === 0) return;

  const releases = history.slice(-KNOWN_GOOD_KEPT);
  const contracts = appliedContracts(history, await readUncommitted(history, { config, environment, ports }));
  await ports.knownGood.keep({ schema: 1, app, env, releases, contracts }, retainUntil);
}
