import type { MigrationFile } from "../../src/core/migration/types.ts";
import type { SeedFile, SeededFile } from "../../src/core/seed/types.ts";
import type { Seeding, SeedingOutcome, SeedRunOptions, Seeds } from "../../src/ports/seeds.ts";

/** Seeds and a database of rows in memory; fake-seeds.md says how it behaves. */
export class FakeSeeds implements Seeds {
  /** Set → file → its rows, one a line. */
  readonly folder: Record<string, Record<string, string | undefined>>;
  readonly rows = new Set<string>();
  /** This file fails. */
  fails: string | undefined;
  /** Told of each run that is to be kept, before it is. */
  onKeep: () => void = () => undefined;
  opened = 0;

  constructor(folder: Record<string, Record<string, string | undefined>> = {}) {
    this.folder = folder;
  }

  async sets(): Promise<readonly string[]> {
    return Object.keys(this.folder);
  }

  async files(_folder: string, set: string): Promise<readonly MigrationFile[]> {
    return Object.entries(this.folder[set] ?? {}).map(([file, text]) => ({
      file,
      text,
      sha256: "a".repeat(64),
    }));
  }

  async open(): Promise<Seeding> {
    this.opened += 1;
    return {
      apply: async (files, options) => this.#apply(files, options),
      close: async () => void (this.opened -= 1),
    };
  }

  #apply(files: readonly SeedFile[], { keep }: SeedRunOptions): SeedingOutcome {
    if (keep) this.onKeep();
    if (files.some(({ file }) => file === this.fails)) {
      const at = this.fails ?? "";
      const problem = {
        code: "SEED_NOT_IDEMPOTENT",
        at,
        says: "a second run writes again: t: 1 inserted",
        hint: "mend it",
      };
      return { kind: "failed", problem };
    }
    const missing = (sql: string) => [...new Set(sql.split("\n"))].filter((row) => !this.rows.has(row));
    const done = files.map(({ file, sha256, sql }): SeededFile => {
      const inserted = missing(sql).length;
      const wrote = inserted === 0 ? [] : [{ table: "t", inserted, updated: 0, deleted: 0 }];
      return { file, sha256, seconds: 0.1, wrote };
    });
    if (keep) for (const { sql } of files) for (const row of missing(sql)) this.rows.add(row);
    return { kind: "applied", files: done };
  }
}
