import { expect, test } from "vitest";
import { nameOwner, withoutSetup } from "../../../src/core/schema/name-owner.ts";

test("the role that migrates is called owner, and only where a role stands", () => {
  const snapshot = {
    relations: [
      { name: "public.diary", owner: "diary", grants: ["diary=arw/diary", "diary_app=r/diary", "=r/diary"] },
      { name: "public.other", owner: "diary_app", grants: null },
    ],
    columns: [{ relation: "public.diary", name: "diary", grants: ['"a b"=r/diary'] }],
    policies: [{ on: "public.diary", name: "p", roles: ["diary", "public"], using: "diary" }],
    default_privileges: [{ role: "diary", schema: null, grants: ["diary_app=r/diary"] }],
  };

  expect(nameOwner(snapshot, "diary")).toEqual({
    relations: [
      { name: "public.diary", owner: "owner", grants: ["=r/owner", "diary_app=r/owner", "owner=arw/owner"] },
      { name: "public.other", owner: "diary_app", grants: null },
    ],
    columns: [{ relation: "public.diary", name: "diary", grants: ['"a b"=r/owner'] }],
    policies: [{ on: "public.diary", name: "p", roles: ["owner", "public"], using: "diary" }],
    default_privileges: [{ role: "owner", schema: null, grants: ["diary_app=r/owner"] }],
  });
});

test("a name that Postgres quotes is the same name", () => {
  expect(nameOwner({ relations: [{ owner: "a b", grants: ['"a b"=r/"a b"'] }] }, "a b")).toEqual({
    relations: [{ owner: "owner", grants: ["owner=r/owner"] }],
  });
});

test("who owns the schema public is the server's set-up; other schemas are the app's", () => {
  const schemas = [
    { name: "app", owner: "owner", grants: ["owner=UC/owner"] },
    { name: "public", owner: "pg_database_owner", grants: ["=U/pg_database_owner"] },
  ];

  expect(withoutSetup({ schemas, relations: [] })).toEqual({
    schemas: [schemas[0], { name: "public" }],
    relations: [],
  });
});
