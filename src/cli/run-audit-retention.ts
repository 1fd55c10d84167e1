import { extendRetention, type Extended, type RetentionReport } from "../actions/extend-retention.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import { EXIT_CODES, sentence, SlipwayError } from "../core/errors.ts";
import type { RetentionOptions } from "./audit-retention-command.ts";
import { loadConfig } from "./compose.ts";
import { composeRetention } from "./compose-retention.ts";
import { exitWith } from "./exit.ts";
import { findEnvironment, findProject, type Project } from "./find-project.ts";

/** `slipway audit extend-retention`. */
export async function runAuditRetention(options: RetentionOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environments =
    options.env === undefined ? Object.values(config.environments) : [findEnvironment(config, options.env)];

  const reports: RetentionReport[] = [];
  for (const environment of environments) reports.push(await extendIn(project, environment));

  const extended = reports.flatMap((report) => report.extended);
  const problems = reports.flatMap((report) => report.problems);
  if (problems.length > 0) exitWith("verifyFailed");
  if (options.json === true) {
    const { code } = problems.length === 0 ? EXIT_CODES.done : EXIT_CODES.verifyFailed;
    process.stdout.write(`${JSON.stringify({ extended, problems, exitCode: code }, null, 2)}\n`);
    return;
  }
  for (const problem of problems) process.stderr.write(`slipway: ${sentence(problem)}\n`);
  const nothing = problems.length === 0 ? "nothing is in effect" : "nothing is held longer";
  process.stdout.write(extended.length === 0 ? `${nothing}\n` : extended.map(line).join(""));
}

/** One environment that cannot be reached leaves the others as they are. */
async function extendIn(project: Project, environment: EnvironmentConfig): Promise<RetentionReport> {
  const { app, ledger } = project.config;
  try {
    await using composed = await composeRetention(project, environment, process.env);
    const wish = { app, environments: [environment.name], years: ledger.retentionYears };
    return await extendRetention(wish, composed);
  } catch (error) {
    if (error instanceof SlipwayError && error.exit !== "bug")
      return { extended: [], problems: error.problems };
    throw error;
  }
}

function line({ environment, what, place, until }: Extended): string {
  const thing = typeof what === "number" ? `the checkpoint of ${what} records` : what;
  return `${environment}: ${thing} is held at ${place} until ${until}\n`;
}
