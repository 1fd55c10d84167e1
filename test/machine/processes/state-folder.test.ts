import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stateFolder } from "../../../src/machine/processes/state-folder.ts";

let home = "";
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "slipway-state-"))));
afterEach(() => rmSync(home, { recursive: true }));

test("is SLIPWAY_HOME, else below XDG_STATE_HOME, else below the home folder", () => {
  const all = { SLIPWAY_HOME: join(home, "own"), XDG_STATE_HOME: join(home, "xdg"), HOME: home };

  expect(stateFolder(all)).toBe(join(home, "own"));
  expect(stateFolder({ ...all, SLIPWAY_HOME: "" })).toBe(join(home, "xdg/slipway"));
  expect(stateFolder({ HOME: home })).toBe(join(home, ".local/state/slipway"));
});

test("exists afterwards and is readable by its owner alone", () => {
  const folder = stateFolder({ HOME: home });

  expect(existsSync(folder)).toBe(true);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
});
