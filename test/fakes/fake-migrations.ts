import { compareData } from "../../src/core/data-check/compare-data.ts";
import { SOUND_DATA } from "../builders/sound-data.ts";
import type { DataCheck, DataFacts, DataMeasure } from "../../src/core/data-check/types.ts";
import type { DownTarget, UndoTarget } from "../../src/core/migration/choose-down.ts";
import type { Problem } from "../../src/core/errors.ts";
import type { MigrationEvent } from "../../src/core/migration/run-event.ts";
import type {
  MigrationOutcome,
  MigrationPlan,
  MigrationRunOptions,
  Migrations,
} from "../../src/ports/migrations.ts";
import type { ReleaseMigration } from "../../src/core/release/types.ts";
import type { SchemaSnapshot } from "../../src/core/schema/types.ts";

/** A database's migrations in memory: a list of files, a list of those applied, and one that may fail. */
export class FakeMigrations implements Migrations {
  files: readonly ReleaseMigration[] = [];
  readonly applied: string[] = [];
  /** Applying this file fails; it undoes itself, those before it in the same run stay. */
  failsAt: string | undefined;
  /** Files that run outside of transactions. */
  outside: readonly string[] = [];
  /** What such a file leaves in the schema when it fails, until its down has run. */
  leavesBehind: string | undefined;
  /** What somebody else does to the schema while a migration fails. */
  meddling: string | undefined;
  /** The down of this migration, by the file of its up, fails and is undone. */
  downFailsAt: string | undefined;
  refuses: string | undefined;
  /** Files without a rehearsal that passed; they matter when they are demanded. */
  unrehearsed: readonly string[] = [];
  demandsRehearsal = false;
  /** What it was opened with. */
  alertAfterMs: number | undefined;
  /** What happens while the first pending one runs. */
  happens: readonly MigrationEvent[] = [];
  /** What is wrong with the data whatever runs. */
  data: DataFacts = SOUND_DATA;
  /** File → what is wrong with the data as long as it is applied. */
  leaves: Readonly<Record<string, Partial<DataFacts>>> = {};
  /** Files that declare that what they leave is the first half of something. */
  declares: readonly string[] = [];
  opened = 0;
  #failedTry: { readonly before: string; readonly after: string } | undefined;
  readonly #leftover: { readonly file: string; readonly name: string }[] = [];

  async plan(): Promise<MigrationPlan> {
    if (this.refuses !== undefined) {
      const problem = {
        code: "MIGRATION_EDITED",
        at: this.refuses,
        says: "changed after it ran",
        hint: "restore it",
      };
      return { kind: "refused", problems: [problem] };
    }
    const pending = this.#pending();
    const missing = pending.filter(({ file }) => this.demandsRehearsal && this.unrehearsed.includes(file));
    if (missing.length > 0) return { kind: "refused", problems: missing.map(({ file }) => unproven(file)) };
    if (pending.length === 0) return { kind: "nothing-to-do", applied: this.applied.length };
    return { kind: "planned", applied: this.applied.length, pending };
  }

  async apply({ tell }: Partial<MigrationRunOptions> = {}): Promise<MigrationOutcome> {
    for (const event of this.happens) tell?.(event);
    const ran: { file: string; seconds: number }[] = [];
    for (const { file } of this.#pending()) {
      if (file === this.failsAt) return this.#fail(file, ran);
      this.applied.push(file);
      ran.push({ file, seconds: 0.1 });
    }
    return { kind: "applied", ran };
  }

  #fail(file: string, ran: readonly { file: string; seconds: number }[]): MigrationOutcome {
    // A try that failed is compared with what was there before the first one, until somebody has acted.
    const before = this.#failedTry?.after === this.#schema() ? this.#failedTry.before : this.#schema();
    if (this.outside.includes(file) && this.leavesBehind !== undefined && before === this.#schema())
      this.#leftover.push({ file, name: this.leavesBehind });
    if (this.meddling !== undefined) this.#leftover.push({ file: "", name: this.meddling });
    if (this.outside.includes(file)) this.#failedTry = { before, after: this.#schema() };
    return {
      kind: "failed",
      problem: { code: "MIGRATION_FAILED", at: file, says: 'column "note" does not exist', hint: "mend it" },
      stayed: ran.map((one) => one.file),
      ran,
      failed: { file, seconds: 0.1, attempts: 1 },
      schema: { before, after: this.#schema(), changes: this.#leftover.map(({ name }) => name) },
    };
  }

  async revert({ target }: { readonly target: DownTarget }): Promise<MigrationOutcome> {
    if ("files" in target) return this.#undo(target);
    const count = "count" in target ? target.count : this.applied.length - 1 - this.#indexOf(target.to);
    const ran = this.applied.splice(this.applied.length - count).toReversed();
    return { kind: "applied", ran: ran.map((file) => ({ file: downOf(file), seconds: 0.1 })) };
  }

  #indexOf(to: string): number {
    return this.applied.findIndex((file) => file === `${to}.up.sql` || file.startsWith(`${to}_`));
  }

  #undo({ files, schema }: UndoTarget): MigrationOutcome {
    const ran: { file: string; seconds: number }[] = [];
    const failed = (code: string, at: string, says: string): MigrationOutcome => ({
      kind: "failed",
      problem: { code, at, says, hint: "look at it" },
      stayed: ran.map(({ file }) => file),
      ran,
      schema: { before: schema, after: this.#schema(), changes: this.#leftover.map(({ name }) => name) },
    });
    for (const file of files) {
      if (file === this.downFailsAt) return failed("MIGRATION_FAILED", downOf(file), "the table is in use");
      if (this.applied.at(-1) === file) this.applied.pop();
      const left = this.#leftover.findIndex((one) => one.file === file);
      if (left >= 0) this.#leftover.splice(left, 1);
      ran.push({ file: downOf(file), seconds: 0.1 });
    }
    if (this.#schema() === schema) return { kind: "applied", ran };
    return failed("MIGRATION_DOWN_DIFFERS", downOf(files.at(-1) ?? ""), "ran, and the schema is another");
  }

  /** A person brings the schema back by hand. */
  mend(): void {
    this.#leftover.length = 0;
  }

  async facts(files: readonly string[]) {
    const migrations = this.files.filter(({ file }) => files.includes(file) || files.includes(downOf(file)));
    return {
      version: this.applied.at(-1)?.replace(".up.sql", "") ?? null,
      migrations: migrations.map(({ file, sha256, phase }) => ({
        id: file.replace(".up.sql", ""),
        file,
        downFile: downOf(file),
        phase,
        inTransaction: !this.outside.includes(file),
        irreversible: false,
        rehearsed: !this.unrehearsed.includes(file),
        upSha256: sha256,
        downSha256: "d".repeat(64),
        renderedSha256: "e".repeat(64),
        schemaBefore: null,
        schemaAfter: this.applied.includes(file) ? `schema after ${file}` : null,
      })),
    };
  }

  async measure(): Promise<DataMeasure> {
    const facts = this.applied.reduce((found, file) => joined(found, this.leaves[file] ?? {}), this.data);
    return { facts, applied: [...this.applied], thorough: false };
  }

  async check(before: DataMeasure): Promise<DataCheck> {
    const declared = this.declares.flatMap((file) => this.leaves[file]?.unvalidated ?? []);
    return compareData(before, await this.measure(), (constraint) => declared.includes(constraint));
  }

  async schema(): Promise<string> {
    return this.#schema();
  }

  #schema(): string {
    return [`schema after ${this.applied.join(", ")}`, ...this.#leftover.map(({ name }) => name)].join(" ");
  }

  /** A table for each file that is applied, called after its number: `t_0001`. */
  async describe(): Promise<SchemaSnapshot> {
    return { relations: this.applied.map((file) => ({ name: `public.t_${file.slice(0, 4)}` })) };
  }

  async close(): Promise<void> {
    this.opened -= 1;
  }

  #pending(): readonly ReleaseMigration[] {
    return this.files.filter(({ file }) => !this.applied.includes(file));
  }
}

/** What is in both; of what is not a list, the latter. */
function joined(facts: DataFacts, more: Partial<DataFacts>): DataFacts {
  return {
    ...facts,
    ...more,
    invalidIndexes: [...facts.invalidIndexes, ...(more.invalidIndexes ?? [])],
    unvalidated: [...facts.unvalidated, ...(more.unvalidated ?? [])],
    disabled: [...facts.disabled, ...(more.disabled ?? [])],
    orphans: [...facts.orphans, ...(more.orphans ?? [])],
    behind: [...facts.behind, ...(more.behind ?? [])],
    assertions: [...facts.assertions, ...(more.assertions ?? [])],
    unchecked: [...facts.unchecked, ...(more.unchecked ?? [])],
    // A query has one answer, the last one.
    invariants: [
      ...facts.invariants.filter(({ file }) => more.invariants?.some((one) => one.file === file) !== true),
      ...(more.invariants ?? []),
    ],
  };
}

function downOf(file: string): string {
  return file.replace(".up.", ".down.");
}

function unproven(file: string): Problem {
  return {
    code: "MIGRATION_NOT_REHEARSED",
    at: file,
    says: "has no rehearsal that passed",
    hint: "run: slipway migrate rehearse --write",
  };
}
