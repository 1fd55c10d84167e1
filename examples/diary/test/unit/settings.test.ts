import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings } from "../../src/api/settings.ts";

const env = { DATABASE_URL: "postgresql://db/diary" };

test("reads what the platform sets", () => {
  const told = {
    PORT: "9000",
    SLIPWAY_VERSION: "1.2.3",
    SLIPWAY_COMMIT: "abc",
    SMOKE_TOKEN: "a-token-that-is-long-enough",
  };

  assert.deepEqual(readSettings({ ...env, ...told }), {
    port: 9000,
    databaseUrl: "postgresql://db/diary",
    version: "1.2.3",
    commit: "abc",
    smokeToken: "a-token-that-is-long-enough",
  });
});

test("has defaults for all but the database", () => {
  const { port, commit, smokeToken, version } = readSettings(env);

  assert.deepEqual({ port, commit, smokeToken }, { port: 8080, commit: "unknown", smokeToken: undefined });
  assert.match(version, /^\d+\.\d+\.\d+/);
});

test("names the variable that is missing or wrong", () => {
  assert.throws(() => readSettings({}), { message: "DATABASE_URL is not set" });
  for (const port of ["http", "-1", "65536", "8080.5"]) {
    assert.throws(() => readSettings({ ...env, PORT: port }), /^Error: PORT should be a number/);
  }
  assert.throws(() => readSettings({ ...env, SMOKE_TOKEN: "short" }), /^Error: SMOKE_TOKEN is too short/);
});
