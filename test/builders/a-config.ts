import type { WrittenConfig } from "../../src/core/config/schema.ts";
import { readConfig } from "../../src/core/config/read-config.ts";
import type { Config, EnvironmentConfig } from "../../src/core/config/types.ts";

/** What somebody could have written for an app with one service and a database. */
export function aWrittenConfig(changes: Partial<WrittenConfig> = {}): WrittenConfig {
  return {
    app: "diary",
    components: {
      api: {
        kind: "service",
        port: 8080,
        image: { base: "node:24", entrypoint: ["node", "src/main.ts"] },
        secrets: { DATABASE_URL: "diary/{env}/database-url" },
      },
    },
    database: {},
    environments: {
      local: {
        cloud: "local",
        smoke: [
          { path: "/healthz" },
          { path: "/version", expectJson: { version: "{version}", commit: "{commit}" } },
        ],
      },
    },
    ...changes,
  };
}

export function aConfig(changes: Partial<WrittenConfig> = {}): Config {
  const result = readConfig(aWrittenConfig(changes));
  if (result.kind === "config") return result.config;
  throw new Error(`the builder's config is refused: ${JSON.stringify(result.problems)}`);
}

export function environmentOf(config: Config, name = "local"): EnvironmentConfig {
  const environment = config.environments[name];
  if (environment === undefined) throw new Error(`no environment ${name}`);
  return environment;
}

/** The builder's config with another policy or other limits for its environment. */
export function aConfigWith(changes: Partial<WrittenConfig["environments"][string]>): Config {
  const local = { cloud: "local" as const, ...aWrittenConfig().environments["local"], ...changes };
  return aConfig({ environments: { local } });
}
