import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import { openSeeds, type SeedDatabase } from "../../../src/adapters/postgres/open-seeds.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { SeedFile } from "../../../src/core/seed/types.ts";
import type { Seeding } from "../../../src/ports/seeds.ts";

/** A database that seeds can be brought into; closed after the test. */
export async function someSeeds(url: string, changes: Partial<SeedDatabase> = {}): Promise<Seeding> {
  const seeding = await openSeeds({
    url: new Secret("migrate-url", url),
    lockWaitMs: 300,
    lockTimeoutMs: 400,
    lockRetries: 1,
    lockBackoffMs: 20,
    ...changes,
  });
  onTestFinished(() => seeding.close());
  return seeding;
}

/** Seeds of the set `practice`, numbered in their order. */
export function seedFiles(...texts: readonly string[]): readonly SeedFile[] {
  return texts.map((sql, index) => ({
    file: `practice/000${index + 1}_rows.sql`,
    sql,
    sha256: createHash("sha256").update(sql).digest("hex"),
  }));
}
