import { expect, test } from "vitest";
import { chooseDown } from "../../../src/core/migration/choose-down.ts";
import { PLAIN_HEADER } from "../../../src/core/migration/header.ts";
import type { Migration } from "../../../src/core/migration/types.ts";

const migration = (id: string, irreversible = false): Migration => ({
  id,
  number: Number(id.slice(0, 4)),
  up: { file: `${id}.up.sql`, sql: "", sha256: "", header: PLAIN_HEADER },
  down: { file: `${id}.down.sql`, sql: "", sha256: "", header: PLAIN_HEADER },
  irreversible,
  renderedSha256: "",
});
const migrations = ["0001_a", "0002_b", "0003_c", "0004_d"].map((id) => migration(id));
const applied = ["0001_a", "0002_b", "0003_c"].map((id) => ({ id, upSha256: "", downSha256: "" }));
const withoutWayBack = migrations.map(({ id }) => migration(id, id === "0002_b"));
const ids = (target: Parameters<typeof chooseDown>[2]) => {
  const choice = chooseDown(migrations, applied, target);
  return choice.kind === "chosen"
    ? choice.migrations.map(({ id }) => id)
    : choice.problems.map(({ code }) => code);
};

test("goes down by a number of migrations, or to one that stays, newest first", () => {
  expect(ids({ count: 1 })).toEqual(["0003_c"]);
  expect(ids({ count: 3 })).toEqual(["0003_c", "0002_b", "0001_a"]);
  expect(ids({ to: "0001_a" })).toEqual(["0003_c", "0002_b"]);
  expect(ids({ to: "0002" })).toEqual(["0003_c"]);
  expect(ids({ to: "0003_c" })).toEqual([]);
  expect(ids({ to: "nothing" })).toEqual(["0003_c", "0002_b", "0001_a"]);
});

test.each([[0], [-1], [1.5], [Number.NaN], [4]])("never takes a count of %s for all", (count) => {
  expect(ids({ count })).toEqual(["MIGRATION_COUNT"]);
});

test("refuses to go to what has not run, and past what has no way back", () => {
  expect(ids({ to: "0004_d" })).toEqual(["MIGRATION_NOT_APPLIED"]);
  const choice = chooseDown(withoutWayBack, applied, {
    count: 2,
  });
  expect(choice).toMatchObject({ kind: "refused", problems: [{ code: "MIGRATION_IRREVERSIBLE" }] });
  expect(chooseDown(withoutWayBack, applied, { count: 1 }).kind).toBe("chosen");
});
