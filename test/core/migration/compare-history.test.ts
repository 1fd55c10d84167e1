import { expect, test } from "vitest";
import { compareHistory } from "../../../src/core/migration/compare-history.ts";
import { PLAIN_HEADER } from "../../../src/core/migration/header.ts";
import type { AppliedMigration, Migration } from "../../../src/core/migration/types.ts";

const migration = (id: string, content = "1"): Migration => ({
  id,
  number: Number(id.slice(0, 4)),
  up: { file: `${id}.up.sql`, sql: "", sha256: `up${content}`.padEnd(64, "0"), header: PLAIN_HEADER },
  down: { file: `${id}.down.sql`, sql: "", sha256: `down${content}`.padEnd(64, "0"), header: PLAIN_HEADER },
  irreversible: false,
  renderedSha256: `rendered${content}`.padEnd(64, "0"),
});
const ran = (id: string, content = "1"): AppliedMigration => {
  const { up, down } = migration(id, content);
  return { id, upSha256: up.sha256, downSha256: down.sha256 };
};

test("answers what has not run", () => {
  const { pending, problems } = compareHistory(
    [migration("0001_a"), migration("0002_b"), migration("0003_c")],
    [ran("0001_a")],
  );
  expect(problems).toEqual([]);
  expect(pending.map(({ id }) => id)).toEqual(["0002_b", "0003_c"]);
});

test("refuses a migration that was edited after it ran, its up or its down", () => {
  const edited = migration("0001_a", "2");
  const { up, down } = migration("0001_a");
  expect(compareHistory([{ ...edited, down }], [ran("0001_a")]).problems).toEqual([
    {
      code: "MIGRATION_EDITED",
      at: "0001_a.up.sql",
      says: "changed after it ran (recorded up1000000000, found up2000000000)",
      hint: "restore the file and put the change in a new migration",
    },
  ]);
  expect(compareHistory([{ ...edited, up }], [ran("0001_a")]).problems.map(({ at }) => at)).toEqual([
    "0001_a.down.sql",
  ]);
});

test("tells missing, unknown, out of order and ahead apart", () => {
  const problem = (files: Migration[], applied: AppliedMigration[]) =>
    compareHistory(files, applied).problems.map(({ code, at, says }) => ({ code, at, says }));

  expect(problem([migration("0002_b")], [ran("0001_a"), ran("0002_b")])).toEqual([
    {
      code: "MIGRATION_MISSING",
      at: "0001_a.up.sql",
      says: "ran in the database and is not among the files",
    },
  ]);
  expect(problem([migration("0001_other")], [ran("0001_a")])).toEqual([
    { code: "MIGRATION_UNKNOWN", at: "0001_other.up.sql", says: "the database ran 0001_a under this number" },
  ]);
  expect(
    problem(
      [migration("0001_a"), migration("0002_late"), migration("0003_c")],
      [ran("0001_a"), ran("0003_c")],
    ),
  ).toEqual([
    {
      code: "MIGRATION_OUT_OF_ORDER",
      at: "0002_late.up.sql",
      says: "has not run, though number 0003 after it has",
    },
  ]);
  expect(problem([migration("0001_a")], [ran("0001_a"), ran("0002_b")])).toEqual([
    {
      code: "MIGRATION_DATABASE_AHEAD",
      at: "0002_b.up.sql",
      says: "ran in the database, which is ahead of the files (they end with 0001_a)",
    },
  ]);
  expect(problem([], [ran("0001_a")]).map(({ code }) => code)).toEqual(["MIGRATION_DATABASE_AHEAD"]);
});
