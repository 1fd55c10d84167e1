import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import written from "../../examples/diary/slipway.config.ts";
import { readConfig } from "../../src/core/config/read-config.ts";
import { secretNames } from "../../src/core/config/secret-names.ts";
import type { Config } from "../../src/core/config/types.ts";

const DIARY = join(import.meta.dirname, "../../examples/diary");

function config(): Config {
  const result = readConfig(written);
  if (result.kind === "config") return result.config;
  throw new Error(JSON.stringify(result.problems));
}

test("the example's config is accepted", () => {
  expect(readConfig(written)).toMatchObject({ kind: "config", config: { app: "diary" } });
});

test("the example's secrets are those that its README speaks of", () => {
  const { environments } = config();

  expect(Object.values(environments).flatMap((environment) => secretNames(config(), environment))).toEqual([
    "diary/local/database-url",
    "diary/local/smoke-token",
  ]);
});

test("the commands and files that the example's config names are there", async () => {
  const { checks, components, database } = config();
  const manifest = (await import("../../examples/diary/package.json", { with: { type: "json" } })).default;

  const scripts = Object.values(checks).flatMap(({ run }) => run.map(([, , script]) => script));
  expect(
    scripts.filter((script) => script === undefined || !Object.hasOwn(manifest.scripts, script)),
  ).toEqual([]);
  const files = Object.values(checks).flatMap(({ setup }) => setup?.files ?? []);
  const entrypoints = Object.values(components).map(({ image }) => image.entrypoint[1] ?? "");
  expect([...files, ...entrypoints].filter((file) => !existsSync(join(DIARY, file)))).toEqual([]);
  const migrations = readdirSync(join(DIARY, database?.migrations ?? ""));
  expect(migrations.filter((file) => file.endsWith(".up.sql")).length).toBeGreaterThanOrEqual(4);
});

test("every migration of the example has its down", () => {
  const files = readdirSync(join(DIARY, "migrations"));
  const ups = files.filter((file) => file.endsWith(".up.sql"));

  expect(files.filter((file) => file.endsWith(".sql")).toSorted()).toEqual(
    ups.flatMap((up) => [up.replace(".up.sql", ".down.sql"), up]).toSorted(),
  );
});
