import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { CHAPTERS } from "./chapters.ts";
import { ELSEWHERE } from "./elsewhere.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** The codes of everything that is about the app's database. */
const CODE =
  /"((?:MIGRATIONS?|REHEARSALS?|LINT|DATA|SNAPSHOT|BACKUP|SCHEMA|RLS|WAIVER|CONTRACT|SEEDS?|EXPECTATIONS|DATABASE|ROLLBACK_CROSSES)_[A-Z_]+)"/g;
/** Names of variables, which look alike. */
const NO_CODES = new Set(["DATABASE_URL"]);

function codes(): readonly string[] {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const texts = files.filter((file) => file.endsWith(".ts")).map((file) => read(`src/${file}`));
  const found = texts.flatMap((text) => [...text.matchAll(CODE)].map(([, code = ""]) => code));
  return [...new Set(found)].filter((code) => !NO_CODES.has(code)).sort();
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

const planted = CHAPTERS.flatMap(({ mistakes }) => mistakes);

test("every problem of the database's part has a mistake that was planted for it", () => {
  const here = new Set(planted.flatMap((one) => one.codes));
  const elsewhere = ELSEWHERE.map((one) => ({ ...one, text: read(one.file) }));

  const missing = codes()
    .filter((code) => !here.has(code))
    .filter((code) => !elsewhere.some((one) => one.codes.test(code) && one.text.includes(code)));
  expect(missing).toEqual([]);
});

test("each mistake has a name of its own, and what catches it", () => {
  const names = planted.map(({ mistake }) => mistake);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(planted.filter(({ codes: all, story }) => all.length === 0 && story === undefined)).toEqual([]);
});
