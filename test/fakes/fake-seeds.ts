import { SlipwayError, type Problem } from "../../src/core/errors.ts";
import type { MigrationFile } from "../../src/core/migration/types.ts";
import type { SeedFile, SeededFile } from "../../src/core/seed/types.ts";
import type { OpenSeeds, SeedingOutcome, SeedRunOptions, Seeds } from "../../src/ports/seeds.ts";

/** Seeds and a database of rows in memory; fake-seeds.md says how it behaves. */
export class FakeSeeds implements Seeds {
  /** Set → file → its rows, one a line. */
  readonly folder: Record<string, Record<string, string | undefined>>;
  readonly rows = new Set<string>();
  /** This file fails. */
  fails: string | undefined;
  /** Told of each run that is to be kept, before it is. */
  onKeep: () => void = () => undefined;
  /** Awaited before a commit, and after it. */
  onCommit: () => Promise<void> = async () => undefined;
  onKept: () => Promise<void> = async () => undefined;
  opened = 0;
  readonly #kept = new Set<string>();
  #transactions = 700;

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

  readonly open: OpenSeeds = async ({ files }) => {
    this.opened += 1;
    return {
      apply: (options) => this.#apply(files, options),
      wasKept: async (transaction) => this.#kept.has(transaction),
      close: async () => void (this.opened -= 1),
    };
  };

  async #apply(files: readonly SeedFile[], { keep, keeping }: SeedRunOptions): Promise<SeedingOutcome> {
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
    if (!keep || done.every(({ wrote }) => wrote.length === 0)) return { kind: "applied", files: done };
    const transaction = String(this.#transactions++);
    try {
      await keeping?.({ transaction, files: done });
    } catch (error) {
      return { kind: "failed", problem: whyUndone(error) };
    }
    await this.onCommit();
    this.#kept.add(transaction);
    for (const { sql } of files) for (const row of missing(sql)) this.rows.add(row);
    await this.onKept();
    return { kind: "applied", files: done };
  }
}

function whyUndone(error: unknown): Problem {
  if (error instanceof SlipwayError && error.problems[0] !== undefined) return error.problems[0];
  return { code: "SEED_INTERRUPTED", at: "seeds", says: "stopped by a signal", hint: "run it again" };
}
