import { expect, test } from "vitest";
import { databaseEndpoint } from "../../../src/engine/exec/given-databases.ts";

test.each([
  ["postgres://app:s3cret@db.internal/diary", { host: "db.internal", port: 5432 }],
  ["postgresql://app@10.0.0.7:6543/diary?sslmode=require", { host: "10.0.0.7", port: 6543 }],
  ["https://db.internal/diary", undefined],
  ["postgres:///diary?host=/run/postgresql", undefined],
  ["just-a-token", undefined],
])("%s", (text, endpoint) => {
  expect(databaseEndpoint(text)).toEqual(endpoint);
});
