import { canonicalSha256 } from "../../../src/adapters/local/canonical-sha256.ts";
import { readConfig } from "../../../src/core/config/read-config.ts";

/** What a release that is built with this config says of it. */
export function configSha256(written: unknown): string {
  const result = readConfig(written);
  if (result.kind === "config") return canonicalSha256(result.config);
  throw new Error(`the cell's config is refused: ${JSON.stringify(result.problems)}`);
}
