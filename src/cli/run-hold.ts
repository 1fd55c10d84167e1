import { hold } from "../actions/hold.ts";
import { releaseHold } from "../actions/release-hold.ts";
import { unlock } from "../actions/unlock.ts";
import { composeActs } from "./compose-acts.ts";
import { loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import type { HoldOptions, ReleaseHoldOptions, UnlockOptions } from "./hold-command.ts";
import { printAct } from "./print-act.ts";

/** `slipway hold`. */
export async function runHold(options: HoldOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environment = findEnvironment(config, options.env);
  await using composed = await composeActs(options, process.env);
  const answer = await hold({ config, environment, reason: options.reason }, composed.ports);
  printAct(
    answer,
    ({ holdId, by }) => [
      `${holdId} holds ${options.env}, set by ${by}`,
      `  it ends with: slipway release-hold --env=${options.env} --hold=${holdId} --reason="…"`,
    ],
    options.json,
  );
}

/** `slipway release-hold`. */
export async function runReleaseHold(options: ReleaseHoldOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environment = findEnvironment(config, options.env);
  await using composed = await composeActs(options, process.env);
  const request = { config, environment, holdId: options.hold, reason: options.reason };
  printAct(
    await releaseHold(request, composed.ports),
    ({ released }) => [
      `${released.id} of ${released.by} no longer holds ${options.env} (it was: ${released.reason})`,
    ],
    options.json,
  );
}

/** `slipway unlock`. */
export async function runUnlock(options: UnlockOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environment = findEnvironment(config, options.env);
  await using composed = await composeActs(options, process.env);
  const request = { config, environment, fence: options.lease, reason: options.reason };
  printAct(
    await unlock(request, composed.ports),
    ({ was }) => [
      `${options.env} is free; lease ${was.fence} was held by ${was.holder}`,
      `  ${was.purpose}, since ${was.takenAt}, last heard of at ${was.renewedAt}`,
      ...(was.link === undefined ? [] : [`  ${was.link}`]),
      "  what that run still tries to change, the ledger refuses",
    ],
    options.json,
  );
}
