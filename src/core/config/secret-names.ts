import { secretName } from "../names.ts";
import { smokeSecrets } from "../smoke/secret-names.ts";
import type { Config, EnvironmentConfig } from "./types.ts";

/** Every secret that an environment of the app needs, each once: those of its services and those of its smoke test. */
export function secretNames(config: Config, environment: EnvironmentConfig): string[] {
  const ofServices = Object.values(config.components).flatMap(({ secrets }) =>
    Object.values(secrets).map((pattern) => secretName(pattern, environment.name)),
  );
  const ofSmokeTest = environment.smoke.flatMap((check) =>
    smokeSecrets(check, environment.name).map(({ name }) => name),
  );
  return [...new Set([...ofServices, ...ofSmokeTest])];
}
