import type { Client } from "pg";
import type { Migration } from "../../core/migration/types.ts";
import { schemaShift, type SchemaShift } from "../../core/schema/schema-shift.ts";
import { checkBack, type ExpectedBack } from "./check-back.ts";
import {
  keepSnapshots,
  readExpected,
  readSnapshot,
  replaceSnapshot,
  takeSnapshot,
  type KeptSnapshot,
} from "./kept-snapshots.ts";
import type { MigrationRun } from "./run-migrations.ts";

/** Above so many at once the schema is described before the first and after the last only, not between. */
const MOST_SNAPSHOTS = 20;

/** The descriptions of the schema along a run: before it, between its migrations, and after one that failed. */
export class SchemaTrack {
  readonly #run: MigrationRun;
  #last: KeptSnapshot | undefined;
  /** Nothing ran since `#last` was taken. */
  #isFresh = false;
  /** Before the migration under way. */
  #before: KeptSnapshot | undefined;
  #found: SchemaShift | undefined;
  #since: Migration[] = [];
  #ran = 0;

  constructor(run: MigrationRun) {
    this.#run = run;
  }

  /** Describes the schema before the first migration. */
  async start(): Promise<void> {
    const { place, worker } = this.#run;
    if (place.keepsSnapshots) await this.#take(worker.client);
  }

  /** The schema before the next migration; `undefined` where it is not known and its transaction needs none. */
  async before(next: Migration): Promise<KeptSnapshot | undefined> {
    const { direction, worker } = this.#run;
    const isNeeded = this.#last !== undefined && !next[direction].header.inTransaction;
    if (isNeeded && !this.#isFresh) {
      await worker.client.query("discard all");
      this.#before = await takeSnapshot(worker.client);
    } else this.#before = this.#isFresh ? this.#last : undefined;
    return this.#before;
  }

  /** An earlier try of the migration under way has described the schema before it; that one counts. */
  replaceBefore(earlier: KeptSnapshot): void {
    this.#before = earlier;
  }

  /** Keeps the description after a migration with it. Throws `MIGRATION_DOWN_DIFFERS` after downs that did not bring it back. */
  async after(migration: Migration): Promise<void> {
    const { direction, place, worker, chosen, back } = this.#run;
    this.#before = undefined;
    this.#isFresh = false;
    this.#ran += 1;
    this.#since.push(migration);
    const isLast = this.#ran === chosen.length;
    const before = this.#last;
    if (before === undefined || !(chosen.length <= MOST_SNAPSHOTS || isLast)) return;

    // What the last migration left in the session must not colour the description.
    await worker.client.query("discard all");
    const after = await this.#take(worker.client);
    const ids = this.#since.map(({ id }) => id);
    this.#since = [];
    if (direction === "up") await keepSnapshots(worker.client, place, ids, before, after);
    else if (back === undefined || isLast) await this.#compare(migration, after);
  }

  async #compare(undone: Migration, after: KeptSnapshot): Promise<void> {
    const { place, tell, worker } = this.#run;
    const expected = await this.#expected(worker.client);
    if (expected === undefined) return;
    const shift = schemaShift(expected, after);
    try {
      const columns = checkBack(undone, expected, after);
      if (columns.length === 0) return;
      if (expected.migration !== undefined)
        await replaceSnapshot(worker.client, place, expected.migration, after);
      tell({ kind: "columns-moved", file: undone.down.file, columns });
    } catch (error) {
      this.#found = shift;
      throw error;
    }
  }

  async #expected(client: Client): Promise<ExpectedBack | undefined> {
    const { back, place } = this.#run;
    const left = await readExpected(client, place);
    if (back === undefined) return left.kind === "kept" ? left : undefined;
    const kept = await readSnapshot(client, place, back);
    return { sha256: back, snapshot: kept?.snapshot ?? {}, migration: left.migration };
  }

  /** What the run left of the schema that it should have left; `undefined`: nobody described it before. */
  async left(client: Client): Promise<SchemaShift | undefined> {
    if (this.#found !== undefined) return this.#found;
    // Of downs that undo a run, what counts is whether they have come all the way.
    const before = this.#run.back === undefined ? this.#before : await this.#expected(client);
    return before === undefined ? undefined : schemaShift(before, await takeSnapshot(client));
  }

  async #take(client: Client): Promise<KeptSnapshot> {
    this.#last = await takeSnapshot(client);
    this.#isFresh = true;
    return this.#last;
  }
}
