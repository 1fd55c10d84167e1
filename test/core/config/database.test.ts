import { expect, test } from "vitest";
import { readConfig } from "../../../src/core/config/read-config.ts";
import { sentence } from "../../../src/core/errors.ts";
import { aConfig, aWrittenConfig } from "../../builders/a-config.ts";

const RLS = { tenantColumn: "clinic_id", tenantSetting: "app.clinic_id", appRole: "diary_app" };

test("what is not written about the database has its default", () => {
  expect(aConfig({ database: { rls: RLS, expect: { tables: ["entries"] } } }).database).toMatchObject({
    rls: { ...RLS, settings: {}, tables: {}, exempt: {}, mutationScore: 100 },
    expect: { tables: ["entries"], columns: {}, functions: [], triggers: {} },
  });
  expect(aConfig({ database: {} }).database).not.toHaveProperty("rls");
});

test("says all that is wrong about the database at once", async () => {
  const database = {
    rls: {
      tenantColumn: "",
      tenantSetting: "clinic'; drop table x",
      mutationScore: 101,
      exempt: { tokens: "" },
      tables: { clinics: {} },
      thresholds: 1,
    },
    expect: { tables: "entries", columns: { entries: [] } },
  };
  const read = readConfig({ ...aWrittenConfig(), database });
  const problems = read.kind === "config" ? [] : read.problems;

  await expect(problems.map((one) => `${sentence(one)}\n`).join("")).toMatchFileSnapshot(
    "../../golden/config/database-several-at-once.txt",
  );
});
