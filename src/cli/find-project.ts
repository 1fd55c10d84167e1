import { resolve } from "node:path";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { readConfig } from "../core/config/read-config.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import { SlipwayError } from "../core/errors.ts";

export interface Project {
  /** Absolute path of the app's folder. */
  readonly folder: string;
  readonly config: Config;
}

/** The app in a folder, its config read and checked. Throws every problem at once (exit 2). */
export async function findProject(
  project: string | undefined,
  load: (folder: string) => Promise<unknown>,
): Promise<Project> {
  const folder = resolve(project ?? ".");
  const result = readConfig(await load(folder));
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  return { folder, config: result.config };
}

/** The environment of that name. Throws `ENVIRONMENT_UNKNOWN` (exit 2). */
export function findEnvironment(config: Config, name: string, flag = "--env"): EnvironmentConfig {
  const environment = Object.hasOwn(config.environments, name) ? config.environments[name] : undefined;
  if (environment !== undefined) return environment;

  const known = Object.keys(config.environments);
  const meant = didYouMean(name, known);
  throw new SlipwayError(
    {
      code: "ENVIRONMENT_UNKNOWN",
      at: flag,
      says: `the config has no environment "${name}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      hint: known.length === 0 ? "add one under environments" : `known: ${known.join(", ")}`,
    },
    "usage",
  );
}
