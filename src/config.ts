import type { WrittenConfig } from "./core/config/schema.ts";

export type { WrittenConfig } from "./core/config/schema.ts";

/** Gives an editor the types of `slipway.config.ts`; answers what it was given. */
export function defineConfig(config: WrittenConfig): WrittenConfig {
  return config;
}
