import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import { openSeeds, type SeedDatabase } from "../../../src/adapters/postgres/open-seeds.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { SeedFile } from "../../../src/core/seed/types.ts";
import type { SeedingOutcome, SeedRunOptions } from "../../../src/ports/seeds.ts";

export interface SomeSeeds {
  /** Whatever files, again and again over the same sessions. */
  apply(files: readonly SeedFile[], run: Omit<SeedRunOptions, "fence">): Promise<SeedingOutcome>;
  wasKept(transaction: string): Promise<boolean>;
  close(): Promise<void>;
}

/** A database that seeds can be brought into; closed after the test. */
export async function someSeeds(url: string, changes: Partial<SeedDatabase> = {}): Promise<SomeSeeds> {
  const order: SeedDatabase & { files: readonly SeedFile[] } = {
    url: new Secret("migrate-url", url),
    files: [],
    lockWaitMs: 300,
    lockTimeoutMs: 400,
    lockRetries: 1,
    lockBackoffMs: 20,
    ...changes,
  };
  const seeding = await openSeeds(order);
  onTestFinished(() => seeding.close());
  return {
    ...seeding,
    apply: (files, run) => {
      order.files = files;
      return seeding.apply({ fence: 1, ...run });
    },
  };
}

/** Seeds of the set `practice`, numbered in their order. */
export function seedFiles(...texts: readonly string[]): readonly SeedFile[] {
  return texts.map((sql, index) => ({
    file: `practice/000${index + 1}_rows.sql`,
    sql,
    sha256: createHash("sha256").update(sql).digest("hex"),
  }));
}
