import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { moduleSource } from "../../../src/cli/call/module/module-source.ts";
import { prepareModule, prepareModuleIn } from "../../../src/cli/call/module/prepared-module.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-prepared-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const { hash } = moduleSource();

test("what was prepared when Slipway was installed is taken, and the user's cache stays empty", async () => {
  const installed = join(folder, "installed");
  const made = await prepareModuleIn(installed, process.env, never);

  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "unused") };
  expect(await prepareModule(env, never, installed)).toEqual(made);
  expect(made.compiled).toBe(join(installed, "modules", hash, "module"));
  expect(made.schema.main).toBe("Slipway");
  expect(existsSync(env.XDG_CACHE_HOME)).toBe(false);
});

test("without it, the module is prepared in the user's cache", async () => {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const { compiled } = await prepareModule(env, never, join(folder, "not installed"));

  expect(compiled).toBe(join(env.XDG_CACHE_HOME, "slipway/modules", hash, "module"));
  expect(readdirSync(compiled)).toContain("index.js");
  expect(existsSync(join(folder, "not installed"))).toBe(false);
});
