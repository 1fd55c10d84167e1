import type { Account } from "../account.ts";
import { PRACTICE_NAME } from "../registry/registry-tokens.ts";

/** The variables that the platform puts into every build: CodeBuild's, and those by which SDK clients find this cloud. */
export function buildEnv(
  account: Account,
  endpoint: string,
  build: string,
): Readonly<Record<string, string>> {
  return {
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_ENDPOINT_URL: `http://${endpoint}`,
    AWS_ACCESS_KEY_ID: PRACTICE_NAME,
    AWS_SECRET_ACCESS_KEY: PRACTICE_NAME,
    CODEBUILD_BUILD_ID: build,
  };
}
