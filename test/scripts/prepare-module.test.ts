import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const SCRIPT = resolve(import.meta.dirname, "../../scripts/prepare-module.mjs");
const SENTENCE = "slipway: the module is prepared at the first call, not now: ";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-install-"));
  mkdirSync(join(folder, "install"));
  cpSync(SCRIPT, join(folder, "prepare-module.mjs"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script beside another program than the one that prepares. */
function install(program: string) {
  writeFileSync(join(folder, "install/prepare-module.ts"), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "prepare-module.mjs")], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("an installation in which nothing can be prepared succeeds, and says why in one sentence", () => {
  const says = `console.error("the disk is full\\nsecond line"); process.exitCode = 1`;
  expect(install(says)).toEqual({ status: 0, stdout: "", stderr: `${SENTENCE}the disk is full\n` });
});

test("of a fault it says what is wrong, not where", () => {
  const fault = `throw new TypeError("x is missing")`;
  expect(install(fault)).toEqual({ status: 0, stdout: "", stderr: `${SENTENCE}TypeError: x is missing\n` });
});

test("when all is well it says nothing", () => {
  expect(install("")).toEqual({ status: 0, stdout: "", stderr: "" });
});
