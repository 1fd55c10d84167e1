import type { Account } from "../account.ts";
import { PRACTICE_NAME } from "../registry/registry-tokens.ts";
import type { StoredTask } from "./types.ts";

/**
 * The variables that the platform puts into every container: Fargate's, and those by which SDK clients find this cloud
 * instead of AWS. On AWS credentials come from the task's role; here they are the practice ones.
 */
export function platformEnv(
  account: Account,
  endpoint: string,
  task: StoredTask,
  container: string,
): Readonly<Record<string, string>> {
  return {
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    AWS_ENDPOINT_URL: `http://${endpoint}`,
    AWS_ACCESS_KEY_ID: PRACTICE_NAME,
    AWS_SECRET_ACCESS_KEY: PRACTICE_NAME,
    ECS_CONTAINER_METADATA_URI_V4: `http://${endpoint}/v4/${task.id}-${container}`,
  };
}
