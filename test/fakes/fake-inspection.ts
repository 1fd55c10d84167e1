import type { Migration } from "../../src/core/migration/types.ts";
import type {
  AppliedFact,
  ExpectedSchema,
  Inspected,
  MigrationInspection,
} from "../../src/ports/migration-inspection.ts";
import type { SchemaSnapshot } from "../../src/core/schema/types.ts";
import type { FakeClock } from "./fake-clock.ts";

/** A database that is looked at: its schema is as it should be, unless a test says otherwise. */
export class FakeInspection implements MigrationInspection {
  snapshot: SchemaSnapshot = {};
  kept: ExpectedSchema = { kind: "kept", migration: "0001_entries", sha256: "{}", snapshot: {} };
  pending: readonly Migration[] = [];
  applied: readonly AppliedFact[] = [];
  opened = 0;
  readonly #clock: FakeClock;
  readonly #ran: () => readonly string[];

  /** @param ran files that ran, besides what `applied` says */
  constructor(clock: FakeClock, ran: () => readonly string[]) {
    this.#clock = clock;
    this.#ran = ran;
  }

  async inspect(): Promise<Inspected> {
    const { pending } = this;
    const now = new Date(this.#clock.now()).toISOString();
    const ran = this.#ran().map((file) => ({
      id: file.replace(/\.up\.sql$/, ""),
      ranAt: now,
      seconds: 0.1,
      ranBy: "postgres",
    }));
    const applied = [...this.applied, ...ran.filter(({ id }) => !this.applied.some((one) => one.id === id))];
    return { applied, pending, migrations: pending, problems: [], now };
  }

  async schema() {
    return { sha256: JSON.stringify(this.snapshot), snapshot: this.snapshot };
  }

  async origin() {
    return { owner: "postgres", postgres: "18.4" };
  }

  async expected(): Promise<ExpectedSchema> {
    return this.kept;
  }

  async statistics() {
    return {};
  }

  async data(): Promise<never> {
    throw new Error("the fake database has no rows");
  }

  async close(): Promise<void> {
    this.opened -= 1;
  }
}
