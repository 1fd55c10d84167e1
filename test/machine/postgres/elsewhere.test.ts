import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { moveElsewhere } from "../../../src/machine/postgres/elsewhere.ts";

let home: string;
let shelf: string;
let own: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-elsewhere-"));
  shelf = join(home, "shelf");
  own = join(home, "server", "data");
  mkdirSync(join(home, "server"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What a server would do with its data. */
function write(path: string, text: string): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "table"), text);
}

test("lends a place and puts the data back", () => {
  write(own, "rows");
  const elsewhere = moveElsewhere(own, shelf);
  expect(readFileSync(join(elsewhere.path, "table"), "utf8")).toBe("rows");

  elsewhere.giveBack();

  expect(readFileSync(join(own, "table"), "utf8")).toBe("rows");
  expect(readdirSync(shelf)).toEqual([]);
});

test("finds the data again after a crash", () => {
  write(moveElsewhere(own, shelf).path, "rows");

  const again = moveElsewhere(own, shelf);

  expect(readFileSync(join(again.path, "table"), "utf8")).toBe("rows");
});

test("deletes what a crashed server left behind once its folder is gone", () => {
  const crashed = moveElsewhere(own, shelf);
  write(crashed.path, "rows");
  rmSync(join(home, "server"), { recursive: true });
  mkdirSync(join(home, "other"));

  const other = moveElsewhere(join(home, "other", "data"), shelf);

  expect(existsSync(crashed.path)).toBe(false);
  other.giveBack();
  expect(readdirSync(shelf)).toEqual([]);
});

test("starts empty where the folder was deleted and made anew", () => {
  const crashed = moveElsewhere(own, shelf);
  write(crashed.path, "rows");
  rmSync(join(home, "server"), { recursive: true });
  mkdirSync(join(home, "server"));

  expect(existsSync(join(moveElsewhere(own, shelf).path, "table"))).toBe(false);
});
