import { closeReview } from "../actions/close-review.ts";
import { importApprovals } from "../actions/import-approvals.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { composeActs, composeRunApprovals } from "./compose-acts.ts";
import { loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { printAct } from "./print-act.ts";
import type { CloseReviewOptions, ImportOptions } from "./review-command.ts";

/** `slipway close-review`. */
export async function runCloseReview(options: CloseReviewOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environments =
    options.env === undefined ? config.environments : only(findEnvironment(config, options.env));
  await using composed = await composeActs(options, process.env);
  const request = { config: { ...config, environments }, reviewId: options.review, finding: options.finding };
  printAct(
    await closeReview(request, composed.ports),
    ({ review, env }) => [`${review.id} of ${env} is closed: ${options.finding}`],
    options.json,
  );
}

function only(environment: EnvironmentConfig): Config["environments"] {
  return { [environment.name]: environment };
}

/** `slipway import-approvals`. */
export async function runImport(options: ImportOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environment = findEnvironment(config, options.env);
  await using composed = await composeActs(options, process.env);
  const runApprovals = await composeRunApprovals(process.env);
  const answer = await importApprovals(
    { config, environment, run: options.run },
    { ...composed.ports, runApprovals },
  );
  printAct(
    answer,
    ({ id, imported }) => [
      `${id}  ${imported.length} from ${options.run}, on record; no gate counts them`,
      ...imported.map(
        ({ state, shownName, by, environments }) =>
          `  ${state} by ${shownName} (${by}) for ${environments.join(", ") || "no environment"}`,
      ),
    ],
    options.json,
  );
}
