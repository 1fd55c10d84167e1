import type { DatabaseConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import { compareExpectations } from "../core/expect/compare-expectations.ts";
import type { Migrations } from "../ports/migrations.ts";

/** What the app relies on and its database does not have as it is now. */
export async function unmetExpectations(
  { expect }: DatabaseConfig,
  migrations: Pick<Migrations, "describe">,
): Promise<readonly Problem[]> {
  return expect === undefined ? [] : compareExpectations(expect, await migrations.describe());
}
