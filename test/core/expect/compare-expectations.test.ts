import { expect, test } from "vitest";
import { compareExpectations } from "../../../src/core/expect/compare-expectations.ts";
import { sentence } from "../../../src/core/errors.ts";

const SCHEMA = {
  relations: [{ name: "public.entries" }, { name: "audit.log" }, { name: 'public."odd.name"' }],
  columns: [
    { relation: "public.entries", name: "id" },
    { relation: "public.entries", name: "note" },
    { relation: "audit.log", name: "at" },
  ],
  functions: [{ name: "public.token_owner(bytea)" }, { name: "audit.f(integer,text)" }],
  triggers: [
    { on: "public.entries", name: "are_audited", enabled: "O" },
    { on: "public.entries", name: "switched_off", enabled: "D" },
  ],
};

const NOTHING = { tables: [], columns: {}, functions: [], triggers: {} };

test("says nothing when all is there, named with its schema or without", () => {
  const met = {
    tables: ["entries", "public.entries", "audit.log", '"odd.name"'],
    columns: { entries: ["id", "note"], "audit.log": ["at"] },
    functions: ["token_owner", "token_owner(bytea)", "audit.f", "audit.f(integer,text)"],
    triggers: { entries: ["are_audited"] },
  };
  expect(compareExpectations(met, SCHEMA)).toEqual([]);
  expect(compareExpectations(NOTHING, {})).toEqual([]);
});

test("says all that is missing, and what it may have been", async () => {
  const problems = compareExpectations(
    {
      tables: ["entrys", "log", "patients"],
      columns: { entries: ["notes", "mood"], patients: ["id"] },
      functions: ["token_owner(text)", "tokn_owner", "f"],
      triggers: { entries: ["switched_off", "are_audited"], "audit.log": ["t"] },
    },
    SCHEMA,
  );
  await expect(problems.map((one) => `${one.code} ${sentence(one)}\n`).join("")).toMatchFileSnapshot(
    "../../golden/expect/unmet.txt",
  );
});
