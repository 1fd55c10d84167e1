import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/core/config/read-config.ts";
import { normaliseBackup } from "../../../src/core/config/normalise-backup.ts";
import type { WrittenConfig } from "../../../src/core/config/schema.ts";
import { sentence } from "../../../src/core/errors.ts";
import { aConfigWith, aWrittenConfig, environmentOf } from "../../builders/a-config.ts";

const backupOf = (backup: WrittenConfig["environments"][string]["backup"]) =>
  environmentOf(aConfigWith({ backup })).policy.backup;

describe("without a word about backups", () => {
  test.each([
    ["production", "aws", "undecided"],
    ["production", "local", "none"],
    ["staging", "aws", "none"],
    ["local", "local", "none"],
  ] as const)("%s on %s: %s", (env, cloud, kind) => {
    expect(normaliseBackup(env, { cloud })).toEqual({ kind });
  });
});

test("a dump is filled in to the end", () => {
  expect(backupOf({ kind: "pg_dump", folder: "backups" })).toEqual({
    kind: "pg_dump",
    folder: "backups",
    maxAgeMinutes: 0,
    proveOn: "same-server",
    urlSecret: undefined,
    timeoutSeconds: 1800,
  });
});

test("a snapshot is of an instance or of a cluster", () => {
  const rest = { kind: "rds-snapshot", timeoutSeconds: 1800 } as const;
  expect(backupOf({ kind: "rds-snapshot", instance: "a-db" })).toEqual({
    ...rest,
    of: "instance",
    identifier: "a-db",
  });
  expect(backupOf({ kind: "rds-snapshot", cluster: "b-db" })).toEqual({
    ...rest,
    of: "cluster",
    identifier: "b-db",
  });
});

test("none is said in one word", () => {
  expect(backupOf("none")).toEqual({ kind: "none" });
});

test.each([
  ["snapshot-of-nothing", { kind: "rds-snapshot" }],
  ["snapshot-of-both", { kind: "rds-snapshot", instance: "a", cluster: "b" }],
  ["snapshot-of-no-identifier", { kind: "rds-snapshot", instance: "a--b" }],
  ["kind-unknown", { kind: "tape" }],
  ["dump-without-folder", { kind: "pg_dump", maxAgeMinute: 5 }],
  ["is-true", true],
])("a fault is told: %s", async (name, backup) => {
  const written = aWrittenConfig();
  const local = { ...written.environments["local"], backup };
  const result = readConfig({ ...written, environments: { local } });
  const text = result.kind === "refused" ? result.problems.map(sentence).join("\n") : "accepted";
  await expect(`${text}\n`).toMatchFileSnapshot(`../../golden/config/backup-${name}.txt`);
});
